package main

import (
	"bytes"
	"context"
	_ "embed" // the page
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/cutover-dev/cutover/dashboards"
)

type soloCommand struct {
	panelChoice
	All        bool     `help:"All panels of the checklist, not a row of them."`
	Datasource string   `placeholder:"UID" help:"The data source that the panels ask. Default: Grafana's default one."`
	Checklist  string   `placeholder:"NAME" help:"Which checklist, where there are several."`
	From       string   `default:"now-6h" placeholder:"TIME" help:"The beginning of the time that the panels show, up to now. Default: now-6h."`
	Theme      string   `enum:"light,dark," default:"" help:"light or dark. Default: the reader's own."`
	Page       string   `placeholder:"FILE" help:"Write a page with the panels in it; - writes it to stdout, and no table."`
	File       []string `arg:"" optional:"" help:"Checklists, instead of CUTOVER_CHECKLIST."`
}

// Help says what Grafana must allow, and lists the variables that the command
// reads.
func (soloCommand) Help() string {
	return `A panel stands alone at d-solo, once its dashboard is in Grafana (cutover dashboards push, or
provisioning). In a page of another origin it shows only if Grafana has allow_embedding = true
in [security], and if who looks is logged in there or nobody has to.

` + variableHelp("dashboards")
}

// solo is a panel and where it stands alone.
type solo struct {
	Title, Board, Description, Address string
	Width, Height                      int // in units of Grafana's grid
}

// Run lists the panels with their addresses, and writes the page.
func (c soloCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	if s.GrafanaURL == "" {
		return errors.New("CUTOVER_GRAFANA_URL is not set: the address at which people open Grafana")
	}
	l, err := oneChecklist(ctx, c.File, c.Checklist, s)
	if err != nil {
		return err
	}
	panels, err := dashboards.Panels(l.Checklist, boardOptions(s))
	if err != nil {
		return err
	}
	if !c.All {
		if panels, err = c.of(panels); err != nil {
			return err
		}
	}
	var solos []solo
	for _, p := range panels {
		address, err := c.address(s.GrafanaURL, p, l.Name)
		if err != nil {
			return err
		}
		solos = append(solos, solo{p.Title, p.BoardTitle, p.Description, address, p.Width, p.Height})
	}
	return c.write(a, l, solos)
}

// address is where a panel stands alone. What is secret in Grafana's own address
// is not part of it: the address goes into a page.
func (c soloCommand) address(base string, p dashboards.Panel, checklist string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", errors.New("CUTOVER_GRAFANA_URL: not an address") // readEnvironment has looked
	}
	u.User, u.Fragment = nil, ""
	u = u.JoinPath("d-solo", p.Board, "cutover")
	query := url.Values{
		"orgId": {"1"}, "panelId": {strconv.FormatUint(uint64(p.ID), 10)},
		"from": {c.From}, "to": {"now"}, "refresh": {"30s"}, "var-checklist": {checklist},
	}
	if c.Datasource != "" {
		query.Set("var-datasource", c.Datasource)
	}
	if c.Theme != "" {
		query.Set("theme", c.Theme)
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}

//go:embed solo.html
var soloPage string

func (c soloCommand) write(a *app, l loaded, solos []solo) error {
	if c.Page != "" {
		var page bytes.Buffer
		t, err := template.New("solo").Parse(soloPage)
		if err != nil {
			return err
		}
		if err := t.Execute(&page, map[string]any{"Title": l.Title, "Name": l.Name, "Panels": solos}); err != nil {
			return err
		}
		if c.Page == stdio {
			_, err := a.stdout.Write(page.Bytes())
			return err
		}
		if _, err := writeTree("", []file{{elsewhere: c.Page, content: page.Bytes(), mode: 0o644}}); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PANEL\tBOARD\tWHAT IT SHOWS\tADDRESS")
	for _, p := range solos {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", oneLine(p.Title), oneLine(p.Board), firstSentence(p.Description), p.Address)
	}
	return w.Flush()
}

// firstSentence is how a table tells of a description.
func firstSentence(description string) string {
	line := oneLine(description)
	if end := strings.Index(line, ". "); end >= 0 {
		line = line[:end]
	}
	return strings.TrimSuffix(line, ".")
}
