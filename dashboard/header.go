package dashboard

import "net/http"

// SecurityHeaders sets the headers that every answer below the dashboard's address
// carries, whatever it is: it is no page that may load or frame anything, and no
// other site may load it.
func SecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy(""))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// policy returns the content security policy of an answer. With a nonce, the page's
// scripts may add style elements that carry it, as the editor does.
func policy(nonce string) string {
	style := "'self'"
	if nonce != "" {
		style += " 'nonce-" + nonce + "'"
	}
	return "default-src 'none'; script-src 'self'; style-src " + style + "; font-src 'self'; img-src 'self' data:; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
