package main

import (
	"context"
	"log/slog"
	"net"
	"time"
)

// tellSupervisor tells systemd, where a unit of Type=notify started this process, that it
// serves, and when ctx ends that it is stopping. The protocol is sd_notify(3): a datagram
// to the socket that the environment names.
func (p *program) tellSupervisor(ctx context.Context, logger *slog.Logger) {
	socket := p.getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	tell := func(state string) {
		if err := notify(socket, state); err != nil {
			logger.Warn("the supervisor was not told", "state", state, "err", err)
		}
	}
	tell("READY=1")
	context.AfterFunc(ctx, func() { tell("STOPPING=1") })
}

// notify sends one datagram; a name that begins with @ is abstract.
func notify(socket, state string) error {
	c, err := net.DialTimeout("unixgram", socket, time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, err = c.Write([]byte(state))
	return err
}
