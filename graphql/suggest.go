package graphql

import "strconv"

// suggestion is " Did you mean ..?" with the name closest to a wrong one, empty
// when none is close.
func suggestion(wrong string, names []string) string {
	best, at := len(wrong)/3+1, ""
	for _, name := range names {
		if d := distance(wrong, name); d <= best && (at == "" || d < best) {
			best, at = d, name
		}
	}
	if at == "" {
		return ""
	}
	return " Did you mean " + strconv.Quote(at) + "?"
}

// distance is how many letters must be changed, added or left out to make one word
// of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		previous := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := previous
			if a[i] != b[j] {
				cost++
			}
			previous = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
