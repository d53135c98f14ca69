package httpapi

import (
	"container/list"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"seriatim/auth"
)

// The bounds of sessions: how many there are, of which the one that was not used for
// longest goes first, and how long one is kept that is not used.
const (
	maxSessions = 1000
	sessionIdle = 12 * time.Hour
)

// session is one browser that signed in with a secret. It lives in memory only, and
// the browser never has the secret.
type session struct {
	token  string
	secret auth.Credential
	used   time.Time
	// seen is the newest transaction time that the browser was told, in microseconds:
	// what it asks next comes from no older state.
	seen atomic.Int64
	// ended is closed when the session is no more; what it holds open ends with it.
	ended chan struct{}
}

// see remembers a transaction's time.
func (s *session) see(ts int64) {
	for {
		last := s.seen.Load()
		if ts <= last || s.seen.CompareAndSwap(last, ts) {
			return
		}
	}
}

// sessions are all sessions of a server, by their tokens. It is safe for concurrent
// use.
type sessions struct {
	now func() time.Time

	mu     sync.Mutex
	tokens map[string]*list.Element // of recent
	recent list.List                // of *session, the one used last first
}

func newSessions() *sessions {
	return &sessions{now: time.Now, tokens: map[string]*list.Element{}}
}

// add begins a session. Its token is 256 random bits.
func (s *sessions) add(secret auth.Credential) *session {
	var bits [32]byte
	_, _ = rand.Read(bits[:])
	one := &session{token: base64.RawURLEncoding.EncodeToString(bits[:]), secret: secret, used: s.now(), ended: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	if s.recent.Len() >= maxSessions {
		s.remove(s.recent.Back())
	}
	s.tokens[one.token] = s.recent.PushFront(one)
	return one
}

// find returns the session of a token, nil when there is none, and notes its use.
func (s *sessions) find(token string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	e := s.tokens[token]
	if e == nil {
		return nil
	}
	one := sessionOf(e)
	one.used = s.now()
	s.recent.MoveToFront(e)
	return one
}

// drop ends the session of a token, if there is one.
func (s *sessions) drop(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.tokens[token]; e != nil {
		s.remove(e)
	}
}

// expire ends the sessions that were not used for long. The caller holds mu.
func (s *sessions) expire() {
	for e := s.recent.Back(); e != nil && s.now().Sub(sessionOf(e).used) >= sessionIdle; e = s.recent.Back() {
		s.remove(e)
	}
}

func (s *sessions) remove(e *list.Element) {
	one := sessionOf(e)
	delete(s.tokens, one.token)
	s.recent.Remove(e)
	close(one.ended)
}

func sessionOf(e *list.Element) *session {
	one, _ := e.Value.(*session)
	return one
}

// cookieName is the name of the session's cookie. Cookies of one host are shared by
// all its ports, so the port that the browser sees is part of it.
func cookieName(r *http.Request) string {
	_, port, found := cutLast(r.Host, ":")
	if !found || port == "" || strings.Trim(port, "0123456789") != "" {
		return "seriatim"
	}
	return "seriatim_" + port
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// cookie returns the session's cookie. It goes to the dashboard only, over TLS only
// where the browser uses TLS, is out of reach of scripts, and comes with no request
// that another site made.
func cookie(r *http.Request, token string) *http.Cookie {
	return &http.Cookie{
		Name: cookieName(r), Value: token, Path: "/ui/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || strings.HasPrefix(r.Header.Get("Origin"), "https://"),
	}
}

// token returns what the request's cookie holds, "" when it has none.
func token(r *http.Request) string {
	if c, err := r.Cookie(cookieName(r)); err == nil {
		return c.Value
	}
	return ""
}

// signedIn answers 401 to whoever has no session.
func (s *Server) signedIn(serve func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		one := s.sessions.find(token(r))
		if one == nil {
			s.uiFail(w, &problem{http.StatusUnauthorized, "unauthorized", "Sign in with a secret first."})
			return
		}
		serve(w, r, one)
	}
}
