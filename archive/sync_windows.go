package archive

// syncFolder has nothing to do: the system makes names durable by itself.
func syncFolder(string) error { return nil }
