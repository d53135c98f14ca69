package main

import (
	"errors"
	"strconv"
)

// historyDays is the value of the flag of that name: a number of days, or forever.
type historyDays struct {
	days *int64 // nil when the flag was not given, -1 for forever
}

const forever = "forever"

// String returns the flag's value as it is given.
func (h *historyDays) String() string {
	switch {
	case h.days == nil:
		return ""
	case *h.days < 0:
		return forever
	}
	return strconv.FormatInt(*h.days, 10)
}

// Set reads the flag.
func (h *historyDays) Set(text string) error {
	days := int64(-1)
	if text != forever {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return errors.New("it is a number of days, such as 30, or " + forever)
		}
		days = int64(n)
	}
	h.days = &days
	return nil
}

// Type names the kind of value.
func (h *historyDays) Type() string { return "days" }
