package main

import "testing"

// TestDashboardAt: the address that is printed can be opened.
func TestDashboardAt(t *testing.T) {
	for server, want := range map[string]string{
		"http://127.0.0.1:8443":  "http://127.0.0.1:8443/ui/",
		"http://0.0.0.0:8443":    "http://localhost:8443/ui/",
		"http://[::]:8443":       "http://localhost:8443/ui/",
		"https://[::]:443":       "https://localhost:443/ui/",
		"http://[::1]:8443":      "http://[::1]:8443/ui/",
		"https://192.0.2.7:8443": "https://192.0.2.7:8443/ui/",
	} {
		if got := dashboardAt(server); got != want {
			t.Errorf("%s: %s, want %s", server, got, want)
		}
	}
}
