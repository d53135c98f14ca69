package seriatim

// The HTTP statuses that answers have (fql-v4 sections 1.6 and 1.8). The doors
// send them; the database needs only the numbers.
const (
	statusOK            = 200
	statusCreated       = 201
	statusBadRequest    = 400
	statusUnauthorized  = 401
	statusForbidden     = 403
	statusNotFound      = 404
	statusConflict      = 409
	statusInternalError = 500
	statusUnavailable   = 503
)
