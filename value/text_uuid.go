package value

import "encoding/hex"

// uuidGroups are the numbers of bytes between the hyphens of a UUID.
var uuidGroups = [...]int{4, 2, 2, 2, 6}

// FormatUUID returns u as 36 lower-case characters.
func FormatUUID(u UUID) string { return string(AppendUUID(nil, u)) }

// AppendUUID appends what FormatUUID returns.
func AppendUUID(dst []byte, u UUID) []byte {
	rest := u[:]
	for i, n := range uuidGroups {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, rest[:n])
		rest = rest[n:]
	}
	return dst
}

// ParseUUID reads the 36 characters of a UUID in either case. The error is ErrText.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if len(s) != 36 {
		return UUID{}, ErrText
	}
	rest := u[:]
	for i, n := range uuidGroups {
		if i > 0 {
			if s[0] != '-' {
				return UUID{}, ErrText
			}
			s = s[1:]
		}
		if _, err := hex.Decode(rest[:n], []byte(s[:2*n])); err != nil {
			return UUID{}, ErrText
		}
		rest, s = rest[n:], s[2*n:]
	}
	return u, nil
}
