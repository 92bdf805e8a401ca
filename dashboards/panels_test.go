package dashboards

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func panelsOf(t *testing.T, name string) []Panel {
	t.Helper()
	panels, err := Panels(all(t)[name], Options{})
	if err != nil {
		t.Fatal(err)
	}
	return panels
}

// TestPanelsStandOnTheirBoards wants every panel of every board to be one of the
// panels, once, and each to be found where it says it stands.
func TestPanelsStandOnTheirBoards(t *testing.T) {
	for name, c := range all(t) {
		boards, err := All(c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		type place struct {
			board string
			id    uint
		}
		titles, at := map[string]bool{}, map[place]string{}
		for _, b := range boards {
			for _, p := range allPanels(read(t, b).Panels) {
				titles[p.Title] = true
				at[place{b.UID, uint(p.ID)}] = p.Title
			}
		}
		uids, names := map[string]bool{}, map[string]bool{}
		for _, p := range panelsOf(t, name) {
			if uids[p.UID] || !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`).MatchString(p.UID) || p.File != p.UID+".json" {
				t.Errorf("%s: panel %q has the uid %q and the file %q", name, p.Title, p.UID, p.File)
			}
			if got := at[place{p.Board, p.ID}]; got != p.Title {
				t.Errorf("%s: panel %d of %s is %q, want %q", name, p.ID, p.Board, got, p.Title)
			}
			if p.Name == "" || p.Description == "" || p.Width < 1 || p.Height < 1 {
				t.Errorf("%s: %+v", name, p)
			}
			uids[p.UID], names[p.Name] = true, true
			delete(titles, p.Title)
		}
		if len(titles) > 0 {
			t.Errorf("%s: no panel for %v", name, titles)
		}
		if len(names) != len(uids) && !strings.HasPrefix(name, "hostile") {
			t.Errorf("%s: %d panels have %d names", name, len(uids), len(names))
		}
	}
}

// TestPanelsNeedNoOtherVariables wants the panels to refer to nothing but what
// they are bound to.
func TestPanelsNeedNoOtherVariables(t *testing.T) {
	for _, test := range []struct {
		name    string
		binding Binding
		want    []string
	}{
		{"variables of the boards", Binding{}, []string{"$checklist", "${checklist:percentencode}", "${datasource:percentencode}", "${datasource}"}},
		{"variables of a host", Binding{DataSourceVariable: "ds", ChecklistVariable: "plan"}, []string{"$plan", "${ds:percentencode}", "${ds}", "${plan:percentencode}"}},
		{"fixed", Binding{DataSourceUID: "prom-1", Checklist: `$a "b" [[c]]`}, nil},
	} {
		found := map[string]bool{}
		for _, p := range panelsOf(t, "small") {
			p, err := p.Bind(test.binding)
			if err != nil {
				t.Fatal(err)
			}
			content, err := p.JSON()
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range regexp.MustCompile(`\$\w+|\$\{[^}]*\}|\[\[`).FindAllString(string(content), -1) {
				if !strings.HasPrefix(v, "$__") && !strings.HasPrefix(v, "${__") && v != "$1" {
					found[v] = true
				}
			}
		}
		want := map[string]bool{}
		for _, v := range test.want {
			want[v] = true
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestBoundPanels holds bound panels to the lint of those on boards.
func TestBoundPanels(t *testing.T) {
	owned := ownedSeries(t)
	for _, name := range []string{"builtin", "hostile 0", "hostile 1"} {
		for _, p := range panelsOf(t, name) {
			content, err := p.LibraryJSON()
			if err != nil {
				t.Fatal(err)
			}
			var got filePanel
			if err := json.Unmarshal(content, &got); err != nil {
				t.Fatal(err)
			}
			lintPanel(t, got, owned)
			if got.LibraryPanel.UID != p.UID || got.LibraryPanel.Name != p.Name {
				t.Errorf("%s: %q refers to itself as %+v", name, p.Title, got.LibraryPanel)
			}
		}
	}
}

func TestBindRefuses(t *testing.T) {
	p := panelsOf(t, "bare")[0]
	for _, b := range []Binding{
		{DataSourceVariable: "a}b"}, {ChecklistVariable: "$x"}, {DataSourceUID: "a b"}, {DataSourceUID: "${x}"},
		{ChecklistVariable: strings.Repeat("x", 51)}, {DataSourceUID: strings.Repeat("x", 41)},
	} {
		if _, err := p.Bind(b); err == nil {
			t.Errorf("%+v is taken", b)
		}
	}
}

// TestPanelUIDs wants the uids of panels not to change: what refers to them is
// in other people's dashboards.
func TestPanelUIDs(t *testing.T) {
	for key, want := range map[string]string{
		"Verdict":                     "cutover-python-3_13-verdict",
		"Rollback criteria over time": "cutover-python-3_13-rollback-crit-06804c",
		"Задачи":                      "cutover-python-3_13-03cc1c",
	} {
		if got := panelUID("python-3.13", key); got != want {
			t.Errorf("the uid of %q is %q, want %q", key, got, want)
		}
	}
	for _, name := range []string{"exactly-23-characters-x", "план"} {
		if got := panelUID(name, fmt.Sprint("Response time P95 of ", name)); len(got) > 40 {
			t.Errorf("%s is too long", got)
		}
	}
}
