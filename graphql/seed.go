package graphql

import (
	"errors"
	"fmt"

	"seriatim/catalog"
	"seriatim/value"
)

// SeedError says what is wrong with an initial state.
type SeedError struct {
	// Place is the entity, and the row's number from 0 where there are rows.
	Place string
	// Message says it for people.
	Message string
	// Err is the error of the row that was refused, nil when it is no row.
	Err error
}

func (e *SeedError) Error() string { return e.Place + ": " + e.Message }

// Unwrap returns the error of the row.
func (e *SeedError) Unwrap() error { return e.Err }

// ReadObject reads a JSON object: whole numbers that fit are Int, others Double. A name
// given twice is an error. Empty text and null are the empty object.
func ReadObject(text []byte) (*value.Object, error) { return readVariables(text) }

// Seed adds the rows of an initial state to a new uni, in the order of the text: a JSON
// object of entities, each with an array of rows, or with the one object or scalar that
// it is (vendia.md section 5.1). The author of the view owns them. Empty text adds
// nothing. An error about the state is a *SeedError.
func (m *Model) Seed(v *catalog.View, state []byte) error {
	all, err := readVariables(state)
	if err != nil {
		return &SeedError{Place: "initState", Message: err.Error()}
	}
	for _, f := range all.Fields {
		e := m.Lookup(f.Name)
		if e == nil || e.System {
			return &SeedError{Place: f.Name, Message: "The schema has no such entity."}
		}
		if err := e.seed(v, f.Value); err != nil {
			return err
		}
	}
	return nil
}

// seed adds the rows of one entity.
func (e *Entity) seed(v *catalog.View, given value.Value) error {
	ref, ok, err := v.Lookup(value.Collections, e.Name)
	if err == nil && !ok {
		err = fmt.Errorf("graphql: the entity %s has no collection", e.Name)
	}
	if err != nil {
		return err
	}
	if e.Kind.Single() {
		return e.seedRow(v, value.CollectionID(ref.ID), e.Name, given)
	}
	rows, ok := given.(value.Array)
	if !ok {
		return &SeedError{Place: e.Name, Message: "An array of rows is expected."}
	}
	for i, row := range rows {
		if err := e.seedRow(v, value.CollectionID(ref.ID), fmt.Sprintf("%s[%d]", e.Name, i), row); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entity) seedRow(v *catalog.View, c value.CollectionID, place string, given value.Value) error {
	data, ok := fullyPresent(given).(*value.Object)
	if e.Kind == catalog.ScalarRows || e.Kind == catalog.Scalar {
		data, ok = value.NewObject(value.Field{Name: "value", Value: given}), true
	}
	if !ok {
		return &SeedError{Place: place, Message: "An object is expected."}
	}
	_, err := v.CreateRow(c, 0, data, catalog.Row{})
	var violated *catalog.Violated
	if errors.As(err, &violated) {
		for i := range violated.Violations {
			violated.Violations[i].Pointer = e.pointer(violated.Violations[i].Pointer)
		}
	}
	if err != nil {
		return &SeedError{Place: place, Message: err.Error(), Err: err}
	}
	return nil
}
