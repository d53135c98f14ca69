package auth

import (
	"encoding/binary"
	"errors"
	"math"

	"seriatim/value"
)

// An identity in an entry of the log has one of three forms (docs/formats.md). The
// first is that of built-in roles; the others begin with a byte that no database's
// identity begins with: the second has what keys and tokens have else, the third is
// for bearers of signed tokens. What is bound to a node of a uni has the node before
// its form.

const (
	builtInBytes = 8 + 1 + refBytes + 8
	refBytes     = 4 + 8
	// secondForm begins the second form, whose first byte after it is flags.
	secondForm  = 0x82
	secondBytes = 1 + 1 + 1 + builtInBytes + refBytes + 1
	narrowed    = 1
	thirdForm   = 0x83
	thirdBytes  = 1 + 8 + 8 + 1
	// nodeForm goes before the form of an identity that is bound to a node: the length
	// of the node's name and the name.
	nodeForm    = 0x84
	maxNodeName = 1 << 12
)

// Append appends the identity's bytes, as an entry of the log carries them. They
// do not depend on roles that the key's document tells.
func (id Identity) Append(dst []byte) []byte {
	dst = id.appendNode(dst)
	switch id.Kind {
	case BuiltIn:
		return id.appendBuiltIn(dst)
	case Bearer:
		return id.appendBearer(dst, id.Claims.JSON)
	}
	var flags byte
	var roles []int64
	if id.Narrowed {
		flags, roles = narrowed, id.Roles
	}
	dst = append(dst, secondForm, flags, byte(id.Kind))
	dst = id.appendBuiltIn(dst)
	dst = appendRef(dst, id.Instance)
	dst = append(dst, byte(len(roles)))
	for _, role := range roles {
		dst = binary.BigEndian.AppendUint64(dst, uint64(role))
	}
	return dst
}

func (id Identity) appendNode(dst []byte) []byte {
	if id.Node == "" {
		return dst
	}
	dst = binary.AppendUvarint(append(dst, nodeForm), uint64(len(id.Node)))
	return append(dst, id.Node...)
}

func (id Identity) appendBearer(dst, claims []byte) []byte {
	dst = binary.BigEndian.AppendUint64(append(dst, thirdForm), id.Database)
	dst = binary.BigEndian.AppendUint64(dst, uint64(id.Provider))
	dst = binary.AppendUvarint(dst, uint64(len(claims)))
	return append(dst, claims...)
}

// AppendName appends bytes that tell the caller from others, and stay when it gets
// a new token.
func (id Identity) AppendName(dst []byte) []byte {
	if id.Kind != Bearer {
		return id.Append(dst)
	}
	subject, ok := id.Claims.text("sub")
	if !ok {
		return id.Append(dst)
	}
	return id.appendBearer(id.appendNode(dst), []byte(subject))
}

func (id Identity) appendBuiltIn(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, id.Database)
	dst = append(dst, byte(id.Role))
	dst = appendRef(dst, id.Key)
	return binary.BigEndian.AppendUint64(dst, id.KeyDatabase)
}

func appendRef(dst []byte, r value.Ref) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(r.Collection))
	return binary.BigEndian.AppendUint64(dst, uint64(r.ID))
}

var errIdentity = errors.New("auth: malformed identity")

// DecodeIdentity reads what Append wrote and returns what follows it.
func DecodeIdentity(b []byte) (id Identity, rest []byte, err error) {
	if len(b) > 0 && b[0] == nodeForm {
		return decodeNode(b)
	}
	if len(b) > 0 && b[0] == secondForm {
		return decodeSecond(b)
	}
	if len(b) > 0 && b[0] == thirdForm {
		return decodeThird(b)
	}
	err = id.decodeBuiltIn(b)
	if err != nil {
		return Identity{}, nil, err
	}
	return id, b[builtInBytes:], nil
}

func (id *Identity) decodeBuiltIn(b []byte) error {
	if len(b) < builtInBytes || b[8] > byte(Admin) {
		return errIdentity
	}
	id.Database = binary.BigEndian.Uint64(b)
	id.Role = Role(b[8])
	id.Key = decodeRef(b[9:])
	id.KeyDatabase = binary.BigEndian.Uint64(b[9+refBytes:])
	if id.Database > math.MaxInt64 {
		return errIdentity
	}
	return nil
}

func decodeRef(b []byte) value.Ref {
	return value.Ref{Collection: value.CollectionID(binary.BigEndian.Uint32(b)), ID: int64(binary.BigEndian.Uint64(b[4:]))}
}

func decodeSecond(b []byte) (id Identity, rest []byte, err error) {
	if len(b) < secondBytes || b[1]&^narrowed != 0 || Kind(b[2]) != UserRoles && Kind(b[2]) != Document {
		return Identity{}, nil, errIdentity
	}
	id.Narrowed, id.Kind = b[1]&narrowed != 0, Kind(b[2])
	if err := id.decodeBuiltIn(b[3:]); err != nil {
		return Identity{}, nil, err
	}
	b = b[3+builtInBytes:]
	id.Instance = decodeRef(b)
	n := int(b[refBytes])
	b = b[refBytes+1:]
	if len(b) < 8*n || n > 0 && !id.Narrowed {
		return Identity{}, nil, errIdentity
	}
	for i := range n {
		id.Roles = append(id.Roles, int64(binary.BigEndian.Uint64(b[8*i:])))
	}
	return id, b[8*n:], nil
}

func decodeNode(b []byte) (id Identity, rest []byte, err error) {
	n, size := binary.Uvarint(b[1:])
	if size <= 0 || n == 0 || n > maxNodeName || n > uint64(len(b)-1-size) || len(binary.AppendUvarint(nil, n)) != size {
		return Identity{}, nil, errIdentity
	}
	end := 1 + size + int(n)
	node := string(b[1+size : end])
	if len(b) > end && b[end] == nodeForm {
		return Identity{}, nil, errIdentity
	}
	if id, rest, err = DecodeIdentity(b[end:]); err != nil {
		return Identity{}, nil, err
	}
	id.Node = node
	return id, rest, nil
}

func decodeThird(b []byte) (id Identity, rest []byte, err error) {
	if len(b) < thirdBytes {
		return Identity{}, nil, errIdentity
	}
	id = Identity{Kind: Bearer, Database: binary.BigEndian.Uint64(b[1:]), Provider: int64(binary.BigEndian.Uint64(b[9:]))}
	b = b[thirdBytes-1:]
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) || len(binary.AppendUvarint(nil, n)) != size {
		return Identity{}, nil, errIdentity
	}
	end := size + int(n)
	if id.Claims, err = parseClaims(b[size:end:end]); err != nil {
		return Identity{}, nil, errIdentity
	}
	return id, b[end:], nil
}
