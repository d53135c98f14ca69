package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"seriatim/client"
)

// uniFlags are the flags of uni and node and what is below them.
type uniFlags struct {
	target
	json bool
}

func (p *program) uniFlags(c *cobra.Command, f *uniFlags) {
	p.targetFlags(c, &f.target)
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

const uniLong = "A uni is a database that several parties share: a data model, a node for each party with a\nGraphQL API of its own, and a ledger of everything that happened.\n\n" +
	"The secret is that of an admin of the database that the uni lives in.\n\n" +
	"Exit codes: 0 success, 1 the server refused, 2 usage, 3 no connection, 4 unauthorized."

func (p *program) uniCommand() *cobra.Command {
	c := &cobra.Command{Use: "uni", Short: "Make, show, evolve and delete unis", Long: uniLong, Args: cobra.NoArgs, RunE: showHelp}
	c.AddCommand(p.uniCreateCommand(), p.uniGetCommand(), p.uniListCommand(), p.uniEvolveCommand(), p.uniDeleteCommand())
	return c
}

func (p *program) uniCreateCommand() *cobra.Command {
	var f uniFlags
	var file string
	c := &cobra.Command{
		Use:   "create -c FILE",
		Short: "Make a uni of a registration file",
		Long: "Make a uni of a registration file: JSON with name, schema, nodes and, if wanted, initState.\n" +
			"schema and initState are JSON, or the path of a file that holds it, as seen from the registration.\n" +
			"Prints each node's URL and its API key, which is shown this once.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := readRegistration(file)
			if err != nil {
				return fail(exitUsage, "uni create: %v", err)
			}
			return p.withUnis(&f, func(s *client.Client) (any, func(*tabwriter.Writer), error) {
				u, err := s.CreateUni(c.Context(), text)
				return u, func(w *tabwriter.Writer) { writeMade(w, u) }, err
			})
		},
	}
	p.uniFlags(c, &f)
	c.Flags().StringVarP(&file, "config", "c", "", "registration `file`")
	_ = c.MarkFlagRequired("config") // it is there
	return c
}

func (p *program) uniGetCommand() *cobra.Command {
	var f uniFlags
	c := &cobra.Command{
		Use: "get UNI", Short: "Show a uni and its nodes", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withUnis(&f, func(s *client.Client) (any, func(*tabwriter.Writer), error) {
				u, err := s.Uni(c.Context(), args[0])
				return u, func(w *tabwriter.Writer) { writeUni(w, u) }, err
			})
		},
	}
	p.uniFlags(c, &f)
	return c
}

func (p *program) uniListCommand() *cobra.Command {
	var f uniFlags
	c := &cobra.Command{
		Use: "list", Short: "List the unis of the database", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withUnis(&f, func(s *client.Client) (any, func(*tabwriter.Writer), error) {
				all, err := s.Unis(c.Context())
				return all, func(w *tabwriter.Writer) { writeUnis(w, all) }, err
			})
		},
	}
	p.uniFlags(c, &f)
	return c
}

func (p *program) uniEvolveCommand() *cobra.Command {
	var f uniFlags
	var file string
	var allowed []string
	c := &cobra.Command{
		Use:   "evolve UNI --schema FILE",
		Short: "Give a uni a new schema, which only adds",
		Long:  "Give a uni a new schema. It may add entities, properties and enum values; what would take something\naway is refused with a list of it, but for an index when INDEX_REMOVED is allowed.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for _, a := range allowed {
				if a != "INDEX_REMOVED" {
					return fail(exitUsage, "uni evolve: --allowed-breaking-change is INDEX_REMOVED, not %q", a)
				}
			}
			schema, err := os.ReadFile(file)
			if err == nil && !json.Valid(schema) {
				err = fmt.Errorf("%s is not JSON", file)
			}
			if err != nil {
				return fail(exitUsage, "uni evolve: %v", err)
			}
			return p.withUnis(&f, func(s *client.Client) (any, func(*tabwriter.Writer), error) {
				u, err := s.EvolveUni(c.Context(), args[0], schema, len(allowed) > 0)
				return u, func(w *tabwriter.Writer) { fmt.Fprintf(w, "Uni %s has the new schema.\n", u.Name) }, err
			})
		},
	}
	p.uniFlags(c, &f)
	c.Flags().StringVar(&file, "schema", "", "JSON Schema `file`")
	c.Flags().StringArrayVar(&allowed, "allowed-breaking-change", nil, "`change` that may take something away: INDEX_REMOVED")
	_ = c.MarkFlagRequired("schema")
	return c
}

func (p *program) uniDeleteCommand() *cobra.Command {
	var f uniFlags
	c := &cobra.Command{
		Use: "delete UNI", Short: "Delete a uni, its documents, its ledger and its keys", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withUnis(&f, func(s *client.Client) (any, func(*tabwriter.Writer), error) {
				err := s.DeleteUni(c.Context(), args[0])
				done := map[string]string{"name": args[0], "status": "DESTROYED"}
				return done, func(w *tabwriter.Writer) { fmt.Fprintf(w, "Uni %s is deleted.\n", args[0]) }, err
			})
		},
	}
	p.uniFlags(c, &f)
	return c
}

// withUnis does something as an admin and prints what came of it: as JSON, or as table
// tells it to people.
func (p *program) withUnis(f *uniFlags, do func(s *client.Client) (result any, table func(*tabwriter.Writer), err error)) error {
	s, err := f.client()
	if err != nil {
		return err
	}
	defer s.Close()
	result, table, err := do(s)
	if err != nil {
		return refusal(err)
	}
	if f.json {
		return p.writeJSON(result)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	table(w)
	return w.Flush()
}

// refusal turns an error of the server into an exit code and a text with everything that
// is wrong.
func refusal(err error) error {
	var answer *client.Error
	if !errors.As(err, &answer) || answer.Unauthorized() {
		return outcome(err)
	}
	code := exitQuery
	if answer.Status == http.StatusForbidden {
		code = exitUnauthorized
	}
	var lines []string
	for _, e := range answer.Errors {
		lines = append(lines, e.Code+": "+e.Description)
		for _, cause := range e.Cause {
			lines = append(lines, "  "+strings.ReplaceAll(cause.Description, "\n", "\n  "))
		}
	}
	return fail(code, "%s", strings.Join(lines, "\n"))
}

func (p *program) writeJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// readRegistration reads a registration file and puts what it names by path into it.
func readRegistration(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, fmt.Errorf("%s is not a JSON object: %w", file, err)
	}
	for _, name := range []string{"schema", "initState"} {
		var path string
		if json.Unmarshal(members[name], &path) != nil || path == "" {
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(file), path)
		}
		held, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s names its %s: %w", file, name, err)
		}
		if !json.Valid(held) {
			return nil, fmt.Errorf("%s, the %s of %s, is not JSON", path, name, file)
		}
		members[name] = held
	}
	return json.Marshal(members)
}

func writeMade(w *tabwriter.Writer, u *client.Uni) {
	fmt.Fprintf(w, "Uni %s is %s. The API keys are not shown again.\n\n", u.Name, u.Status)
	fmt.Fprintln(w, "NODE\tURL\tAPI KEY")
	for _, n := range u.Nodes {
		fmt.Fprintf(w, "%s\t%s\t%s\n", n.Name, n.URL, n.APIKey)
	}
}

func writeUni(w *tabwriter.Writer, u *client.Uni) {
	fmt.Fprintf(w, "Uni\t%s\nIdentity\t%s\nStatus\t%s\nMade\t%s\nChanged\t%s\n\n", u.Name, u.Identity, u.Status, u.Created, u.Updated)
	fmt.Fprintln(w, "NODE\tSTATUS\tURL\tPUBLIC KEY")
	for _, n := range u.Nodes {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", n.Name, n.Status, n.URL, base64Of(n.PublicKey))
	}
}

func writeUnis(w *tabwriter.Writer, all []client.Uni) {
	fmt.Fprintln(w, "UNI\tSTATUS\tNODES\tMADE")
	for _, u := range all {
		names := make([]string, len(u.Nodes))
		for i, n := range u.Nodes {
			names[i] = n.Name
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Name, u.Status, strings.Join(names, ", "), u.Created)
	}
}
