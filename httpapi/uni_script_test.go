package httpapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/httpapi"
)

// uniSchema is what the unis of the scripts are made of.
const uniSchema = `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"Item":{"type":"array",` +
	`"items":{"type":"object","properties":{"name":{"type":"string"},"quantity":{"type":"integer","minimum":0}}}}}}`

// TestUniScripts runs the scripts in testdata/uni: requests as in TestScripts, in which
// {schema} is uniSchema, {key N} the API key of the N-th node of the last uni that was
// made, and {id} the last document's. In answers keys, ids, hashes and times are masked.
func TestUniScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/uni", func(t *testing.T, path string) {
		d := start(t, httpapi.Options{})
		known := map[string]string{"{schema}": uniSchema}
		datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
			for name, value := range known {
				td.Input = strings.ReplaceAll(td.Input, name, value)
			}
			method, target, body, header := requestIn(t, td)
			if strings.HasSuffix(target, "/graphql") {
				header = append(header, "Content-Type", "application/json")
			}
			r := d.do(method, target, body, header...)
			learn(known, r.body)
			r.body = maskUni(r.body)
			return r.told(td)
		})
	})
}

// learn remembers keys and ids that an answer tells.
func learn(known map[string]string, body string) {
	var told struct {
		APIKey string
		Nodes  []struct{ APIKey string }
	}
	if json.Unmarshal([]byte(body), &told) != nil {
		return
	}
	if told.APIKey != "" {
		known["{key 1}"] = told.APIKey
	}
	for i, n := range told.Nodes {
		if n.APIKey != "" {
			known[[]string{"{key 1}", "{key 2}"}[i]] = n.APIKey
		}
	}
	if id := resultID.FindStringSubmatch(body); id != nil {
		known["{id}"] = id[1]
	}
	if id := transactionID.FindStringSubmatch(body); id != nil {
		known["{transaction}"] = id[1]
	}
}

var (
	resultID      = regexp.MustCompile(`"_id":"([^"]+)"`)
	transactionID = regexp.MustCompile(`"transactionId":"([^"]+)"`)
	uuids         = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	apiKeys       = regexp.MustCompile(`"apiKey":"fn[\w-]{38}"`)
	publicKeys    = regexp.MustCompile(`"publicKey":"[\w+/]{43}="`)
	moments       = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`)
	hexes         = regexp.MustCompile(`\b[0-9a-f]{64,128}\b`)
	signatures    = regexp.MustCompile(`(— \w+) [\w+/]+=*`)
	roots         = regexp.MustCompile(`(?m)(^|\\n)[\w+/]{43}=`)
	stamps        = regexp.MustCompile(`\b17\d{14}\b`)
)

func maskUni(s string) string {
	s = uuids.ReplaceAllString(s, "UUID")
	s = apiKeys.ReplaceAllString(s, `"apiKey":"KEY"`)
	s = publicKeys.ReplaceAllString(s, `"publicKey":"PUBLIC"`)
	s = moments.ReplaceAllString(s, "MOMENT")
	s = hexes.ReplaceAllString(s, "HEX")
	s = signatures.ReplaceAllString(s, "$1 SIGNATURE")
	s = stamps.ReplaceAllString(s, "TIME")
	return roots.ReplaceAllString(s, "${1}ROOT")
}
