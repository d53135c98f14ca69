package graphql

import (
	"errors"
	"fmt"
	"strings"

	"seriatim/catalog"
	"seriatim/value"
)

// maxSeedCauses is how many faults of an initial state are told at once.
const maxSeedCauses = 50

// SeedError says what is wrong with an initial state.
type SeedError struct {
	// Causes are the faults in the order of the text, at least one, at most 50: the entity, the
	// row's number from 0 where there are rows, the place in it, and a sentence for people.
	Causes []string
}

func (e *SeedError) Error() string { return strings.Join(e.Causes, "; ") }

// add notes a fault and says whether there is room for another.
func (e *SeedError) add(place, message string) bool {
	e.Causes = append(e.Causes, place+": "+message)
	return len(e.Causes) < maxSeedCauses
}

// ReadObject reads a JSON object: whole numbers that fit are Int, others Double. A name
// given twice is an error. Empty text and null are the empty object.
func ReadObject(text []byte) (*value.Object, error) { return readVariables(text) }

// Seed adds the rows of an initial state to a new uni, in the order of the text: a JSON
// object of entities, each with an array of rows, or with the one object or scalar that
// it is (vendia.md section 5.1). The author of the view owns them. Empty text adds
// nothing. An error about the state is a *SeedError.
func (m *Model) Seed(v *catalog.View, state []byte) error {
	faults := &SeedError{}
	all, err := readVariables(state)
	if err != nil {
		faults.add("initState", err.Error())
		return faults
	}
	for _, f := range all.Fields {
		e := m.Lookup(f.Name)
		if e == nil || e.System {
			faults.add(f.Name, "The schema has no such entity.")
		} else if err := e.seed(v, f.Value, faults); err != nil {
			return err
		}
		if len(faults.Causes) >= maxSeedCauses {
			break
		}
	}
	if len(faults.Causes) > 0 {
		return faults
	}
	return nil
}

// seed adds the rows of one entity.
func (e *Entity) seed(v *catalog.View, given value.Value, faults *SeedError) error {
	ref, ok, err := v.Lookup(value.Collections, e.Name)
	if err == nil && !ok {
		err = fmt.Errorf("graphql: the entity %s has no collection", e.Name)
	}
	if err != nil {
		return err
	}
	if e.Kind.Single() {
		return e.seedRow(v, value.CollectionID(ref.ID), e.Name, given, faults)
	}
	rows, ok := given.(value.Array)
	if !ok {
		faults.add(e.Name, "An array of rows is expected.")
		return nil
	}
	for i, row := range rows {
		if err := e.seedRow(v, value.CollectionID(ref.ID), fmt.Sprintf("%s[%d]", e.Name, i), row, faults); err != nil {
			return err
		}
		if len(faults.Causes) >= maxSeedCauses {
			break
		}
	}
	return nil
}

func (e *Entity) seedRow(v *catalog.View, c value.CollectionID, place string, given value.Value, faults *SeedError) error {
	data, ok := fullyPresent(given).(*value.Object)
	if e.Kind == catalog.ScalarRows || e.Kind == catalog.Scalar {
		data, ok = value.NewObject(value.Field{Name: "value", Value: given}), true
	}
	if !ok {
		faults.add(place, "An object is expected.")
		return nil
	}
	_, err := v.CreateRow(c, 0, data, catalog.Row{})
	return e.seedFault(v, place, err, faults)
}

// seedFault notes why a row was refused; errors that are not about the row it returns.
func (e *Entity) seedFault(v *catalog.View, place string, err error, faults *SeedError) error {
	var violated *catalog.Violated
	var unique *catalog.NotUnique
	var exists *catalog.Exists
	var refused *catalog.ErrUniRefused
	var large *catalog.TooLarge
	switch {
	case err == nil:
	case errors.As(err, &violated):
		for _, one := range violated.Violations {
			if !faults.add(place+e.pointer(one.Pointer), one.Message) {
				break
			}
		}
	case errors.As(err, &unique):
		faults.add(place+"/"+uniqueProperty(v, e, unique), "another "+e.Name+" has the same value")
	case errors.As(err, &exists):
		faults.add(place, "the "+e.Name+" is there twice")
	case errors.As(err, &refused):
		faults.add(place, refused.Reason)
	case errors.As(err, &large):
		faults.add(place, large.Description())
	default:
		return err
	}
	return nil
}
