package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"seriatim/client"
)

// A profile is a server and a secret by a name. The file of profiles has the form of
// fauna-shell's (INI): a line default=NAME, then [NAME] and its members. Those that
// fauna-shell has can be used too, by name: see profile_fauna.go.

// profiles are those of one file, in its order.
type profiles struct {
	chosen string
	all    []*profile
}

// profile is one of them. Only endpoint and secret are ours.
type profile struct {
	name, endpoint, secret string
}

func (p *profiles) find(name string) *profile {
	for _, one := range p.all {
		if one.name == name {
			return one
		}
	}
	return nil
}

// write replaces the file; nobody else may read it, as it holds secrets.
func (p *profiles) write(file string) error {
	var b strings.Builder
	if p.chosen != "" {
		fmt.Fprintf(&b, "default=%s\n", p.chosen)
	}
	for _, one := range p.all {
		fmt.Fprintf(&b, "\n[%s]\nendpoint=%s\nsecret=%s\n", one.name, one.endpoint, one.secret)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	made := file + ".new"
	if err := os.WriteFile(made, []byte(b.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(made, file)
}

// profileFile is where the desktop's conventions put a program's settings.
func profileFile(getenv func(string) string) string {
	dir := getenv("XDG_CONFIG_HOME")
	switch {
	case filepath.IsAbs(dir):
	case runtime.GOOS == "windows":
		dir = getenv("APPDATA")
	default:
		dir = filepath.Join(getenv("HOME"), ".config")
	}
	return filepath.Join(dir, "seriatim", "profiles")
}

// profile returns what is asked for by --profile or SERIATIM_PROFILE, from our file or
// fauna-shell's, or else the one chosen in ours; nil for none.
func (t *target) chosenProfile() (*profile, error) {
	ours, err := readProfiles(profileFile(t.getenv))
	if err != nil {
		return nil, err
	}
	name := cmp.Or(t.profile, t.getenv("SERIATIM_PROFILE"))
	if name == "" {
		return ours.find(ours.chosen), nil
	}
	if one := ours.find(name); one != nil {
		return one, nil
	}
	if one, err := faunaProfile(t.getenv, name); one != nil || err != nil {
		return one, err
	}
	return nil, fmt.Errorf("there is no profile %q; \"seriatim profile list\" shows them", name)
}

// showHelp is what a command does that has only subcommands; an unknown one is refused.
func showHelp(c *cobra.Command, _ []string) error { return c.Help() }

func (p *program) profileCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "profile",
		Short: "Keep servers and secrets by name",
		Long: "Keep servers and secrets by name, for --profile and SERIATIM_PROFILE of shell, eval and the others. The profile in use is\n" +
			"taken where neither flags nor the environment name a server. They are kept in seriatim/profiles in the user's configuration\n" +
			"directory, readable by its owner only. Endpoints of a ~/.fauna-shell, and profiles of a fauna.config.yaml in the current\n" +
			"directory, can be used by name as they are.",
		Args: cobra.NoArgs,
		RunE: showHelp,
	}
	var endpoint, secret string
	add := &cobra.Command{
		Use: "add NAME", Short: "Add a profile, or change it; the first one is in use", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.addProfile(args[0], endpoint, secret) },
	}
	add.Flags().StringVar(&endpoint, "endpoint", "http://"+defaultListen, "server `URL`")
	add.Flags().StringVar(&secret, "secret", "", "`secret`, with :database:role if wanted (default SERIATIM_SECRET)")
	c.AddCommand(add,
		&cobra.Command{Use: "use NAME", Short: "Use a profile from now on", Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return p.useProfile(args[0]) }},
		&cobra.Command{Use: "list", Short: "List the profiles; a star marks the one in use", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return p.listProfiles() }},
		&cobra.Command{Use: "rm NAME", Short: "Remove a profile", Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return p.removeProfile(args[0]) }})
	return c
}

// changeProfiles reads our file, lets f change it and writes it.
func (p *program) changeProfiles(f func(*profiles) error) error {
	file := profileFile(p.getenv)
	all, err := readProfiles(file)
	if err == nil {
		if err = f(all); err == nil {
			err = all.write(file)
		}
	}
	if err != nil {
		return fail(exitUsage, "profile: %v", err)
	}
	return nil
}

func (p *program) addProfile(name, endpoint, secret string) error {
	secret = cmp.Or(secret, p.getenv("SERIATIM_SECRET"))
	switch {
	case strings.ContainsAny(name, "[]=\n") || strings.TrimSpace(name) != name || name == "":
		return fail(exitUsage, "profile: %q is no name", name)
	case secret == "":
		return fail(exitUsage, "profile: no secret: use --secret or SERIATIM_SECRET")
	case strings.ContainsAny(secret, "\r\n"):
		return fail(exitUsage, "profile: a secret is one line")
	}
	c, err := client.New(endpoint, secret, client.Options{})
	if err != nil {
		return fail(exitUsage, "profile: %v", err)
	}
	c.Close()
	return p.changeProfiles(func(all *profiles) error {
		one := all.find(name)
		if one == nil {
			one = &profile{name: name}
			all.all = append(all.all, one)
		}
		one.endpoint, one.secret = endpoint, secret
		all.chosen = cmp.Or(all.chosen, name)
		return nil
	})
}

// useProfile chooses one; one of fauna-shell's is taken over into our file.
func (p *program) useProfile(name string) error {
	return p.changeProfiles(func(all *profiles) error {
		if all.find(name) == nil {
			one, err := faunaProfile(p.getenv, name)
			if err != nil {
				return err
			}
			if one == nil {
				return fmt.Errorf("there is no profile %q", name)
			}
			all.all = append(all.all, one)
		}
		all.chosen = name
		return nil
	})
}

func (p *program) removeProfile(name string) error {
	return p.changeProfiles(func(all *profiles) error {
		for i, one := range all.all {
			if one.name == name {
				all.all = append(all.all[:i], all.all[i+1:]...)
				if all.chosen == name {
					all.chosen = ""
				}
				return nil
			}
		}
		return fmt.Errorf("there is no profile %q", name)
	})
}

func (p *program) listProfiles() error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  NAME\tENDPOINT\tFILE")
	seen := map[string]bool{}
	for _, file := range append([]string{profileFile(p.getenv)}, faunaFiles(p.getenv)...) {
		all, err := readProfiles(file)
		if err != nil {
			return fail(exitUsage, "profile: %v", err)
		}
		for _, one := range all.all {
			mark := " "
			if one.name == all.chosen && file == profileFile(p.getenv) {
				mark = "*"
			}
			if !seen[one.name] {
				fmt.Fprintf(w, "%s %s\t%s\t%s\n", mark, one.name, one.endpoint, file)
			}
			seen[one.name] = true
		}
	}
	return w.Flush()
}
