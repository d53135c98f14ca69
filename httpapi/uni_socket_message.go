package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// message is what both sides send.
type message struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// goodbye is why a connection is closed.
type goodbye struct {
	code   websocket.StatusCode
	reason string
}

// maxReason bounds the reason of a close frame, in bytes (RFC 6455 section 5.5).
const maxReason = 123

func endWith(code websocket.StatusCode, reason string) *goodbye {
	for len(reason) > maxReason {
		_, last := utf8.DecodeLastRuneInString(reason)
		reason = reason[:len(reason)-last]
	}
	return &goodbye{code, reason}
}

// receive handles one message; a goodbye closes the connection.
func (sk *socket) receive(text []byte) *goodbye {
	var m message
	if !utf8.Valid(text) || json.Unmarshal(text, &m) != nil {
		return endWith(closeInvalid, "Invalid message: it is not a JSON object with a type")
	}
	switch m.Type {
	case "connection_init":
		return sk.init(m.Payload)
	case "ping":
		return sk.pong(m.Payload)
	case "pong":
		return nil
	case "subscribe":
		return sk.subscribe(&m)
	case "complete":
		return sk.complete(&m)
	}
	return endWith(closeInvalid, "Invalid message type "+strconv.Quote(m.Type))
}

// init takes the client's credential: an API key or a token in the message, or the
// Authorization header of the request.
func (sk *socket) init(payload json.RawMessage) *goodbye {
	if sk.initialised {
		return endWith(closeTwice, "Too many initialisation requests")
	}
	sk.initialised = true
	var who struct {
		APIKey string `json:"apiKey"`
		Token  string `json:"token"`
	}
	if len(payload) > 0 && json.Unmarshal(payload, &who) != nil {
		return endWith(closeInvalid, "The payload of connection_init holds apiKey or token, a string")
	}
	switch {
	case sk.door.session != nil: // whose secret has spoken
	case who.APIKey != "":
		sk.header.Authorization = who.APIKey
	case who.Token != "":
		sk.header.Authorization = "Bearer " + strings.TrimPrefix(who.Token, "Bearer ")
	}
	if end := sk.identify(); end != nil {
		return end
	}
	sk.acknowledged.Store(true)
	return sk.reply([]byte(`{"type":"connection_ack"}`))
}

// identify asks the database whether the credential opens this node.
func (sk *socket) identify() *goodbye {
	end := sk.refusal()
	if end != nil && end.code == closeForbidden {
		sk.door.server.logRefusal(sk.request, sk.from, doorGraph, http.StatusForbidden)
	}
	return end
}

func (sk *socket) refusal() *goodbye {
	if sk.header.Authorization == "" {
		return endWith(closeForbidden, "Forbidden")
	}
	s := sk.door.server
	resp := s.graphs.Graph(sk.ctx, sk.door.request(sk.header, &graphOperation{query: "{__typename}"}))
	s.logFailure(resp, "request", sk.request)
	switch {
	case resp.Status == http.StatusOK:
		return nil
	case stranger(resp):
		return endWith(closeForbidden, "Forbidden")
	case resp.Status == http.StatusNotFound:
		return endWith(closeForbidden, "Not Found")
	}
	return endWith(websocket.StatusTryAgainLater, http.StatusText(resp.Status))
}

// pong answers a ping, with what it carried.
func (sk *socket) pong(payload json.RawMessage) *goodbye {
	m := []byte(`{"type":"pong"`)
	if len(payload) > 0 && string(payload) != "null" {
		m = append(append(m, `,"payload":`...), payload...)
	}
	return sk.reply(append(m, '}'))
}

// reply writes from the reader. A connection that cannot be written to is over, which
// the next read finds.
func (sk *socket) reply(message []byte) *goodbye {
	_ = sk.write(message)
	return nil
}

// appendMessage writes a message of an operation. payload is JSON, or empty for none.
func appendMessage(dst []byte, kind, id string, payload []byte) []byte {
	name, _ := json.Marshal(id) // a string cannot fail
	dst = append(append(dst, `{"id":`...), name...)
	dst = append(append(append(dst, `,"type":"`...), kind...), '"')
	if len(payload) > 0 {
		dst = append(append(dst, `,"payload":`...), payload...)
	}
	return append(dst, '}')
}
