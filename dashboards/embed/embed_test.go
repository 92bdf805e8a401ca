package embed

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const owner = "Move: 50% --> $x"

// panels are some to put in: two lines of the grid.
func panels() []Panel {
	var out []Panel
	for i, width := range []int{8, 8, 8, 16} {
		out = append(out, Panel{
			UID: fmt.Sprintf("cutover-move-%d", i), Width: width, Height: 5 + i/3,
			Model: fmt.Appendf(nil, `{"id": 1, "gridPos": {}, "type": "stat", "title": "Panel %d", "description": "Look at <this>.", "targets": [{"expr": "a > 1e1", "refId": "A"}], "options": {}, "empty": []}`, i),
		})
	}
	return out
}

var options = Options{Owner: owner, Heading: "Migration"}

func hosts(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/hosts/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".json")] = text
	}
	out["byte order mark"] = append([]byte("\xef\xbb\xbf"), out["two-spaces"]...)
	return out
}

func into(t testing.TB, host []byte, p []Panel) Change {
	t.Helper()
	c, err := Into(host, p, options)
	if err != nil {
		t.Fatalf("%v, of\n%s", err, host)
	}
	return c
}

func out(t testing.TB, host []byte) []byte {
	t.Helper()
	c, err := Out(host, owner)
	if err != nil {
		t.Fatalf("%v, of\n%s", err, host)
	}
	return c.Text
}

// TestGolden shows what is put in, in the style of the dashboard.
func TestGolden(t *testing.T) {
	for name, host := range hosts(t) {
		golden := filepath.Join("testdata", "embedded", name+".json")
		got := into(t, host, panels()).Text
		if name == "byte order mark" {
			continue
		}
		if *update {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s differs; -update rewrites it (-want +got):\n%s", golden, diff)
		}
	}
}

func TestInAndOut(t *testing.T) {
	for name, host := range hosts(t) {
		c := into(t, host, panels())
		if c.Added != 4 || !c.Changed() {
			t.Errorf("%s: %+v", name, c)
		}
		inverse(t, name, host, c.Text)
		again := into(t, c.Text, panels())
		if !bytes.Equal(again.Text, c.Text) || again.Changed() || again.Settled != 4 {
			t.Errorf("%s: a second time changes something:\n%s", name, cmp.Diff(string(c.Text), string(again.Text)))
		}
		grid(t, name, c.Text)
	}
}

// inverse wants the very bytes back, and nothing changed but for what is added.
func inverse(t testing.TB, name string, host, text []byte) {
	t.Helper()
	if back := out(t, text); !bytes.Equal(back, host) {
		t.Fatalf("%s: taking out leaves something else:\n%s", name, cmp.Diff(string(host), string(back)))
	}
	before, err := read(host)
	if err != nil {
		t.Fatal(err)
	}
	after, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	added := len(after.panels) - len(before.panels)
	tail := len(host) - before.list.end
	if added < 2 || !bytes.Equal(text[:before.list.start], host[:before.list.start]) || !bytes.Equal(text[len(text)-tail:], host[len(host)-tail:]) {
		t.Fatalf("%s: something outside the list of panels is changed", name)
	}
	for i, e := range before.panels {
		now := after.panels[i]
		if !bytes.Equal(text[now.start:now.end], host[e.start:e.end]) {
			t.Fatalf("%s: panel %d is changed", name, i)
		}
	}
}

// grid wants what was put in to stand inside the grid, where nothing else does,
// and to have ids of its own.
func grid(t testing.TB, name string, text []byte) {
	t.Helper()
	b, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	ids, used := map[int]int{}, map[[2]int]int{}
	var added []element
	for _, e := range b.panels {
		for _, p := range append(slices.Clone(e.inside), e) {
			ids[p.id]++
		}
		for y := e.place.Y; y < e.place.Y+max(e.place.H, 1); y++ {
			for x := e.place.X; x < e.place.X+max(e.place.W, 1); x++ {
				used[[2]int{x, y}]++
			}
		}
	}
	for _, e := range b.withRow(b.owned("")) {
		if e.in < 0 {
			added = append(added, e)
		}
	}
	for _, e := range added {
		if e.id < 1 || ids[e.id] > 1 || e.place.X < 0 || e.place.X+e.place.W > columns || e.place.W < 1 || e.place.H < 1 {
			t.Errorf("%s: %+v", name, e)
		}
		for y := e.place.Y; y < e.place.Y+e.place.H; y++ {
			for x := e.place.X; x < e.place.X+e.place.W; x++ {
				if used[[2]int{x, y}] > 1 {
					t.Fatalf("%s: two panels at %d,%d", name, x, y)
				}
			}
		}
	}
}

// changed is a panel whose query is another one.
func changed(p Panel) Panel {
	p.Model = bytes.Replace(p.Model, []byte("a > 1e1"), []byte("b > 2"), 1)
	return p
}

func TestUpdate(t *testing.T) {
	for name, host := range hosts(t) {
		first := into(t, host, panels())
		wanted := panels()
		wanted[1] = changed(wanted[1])
		c := into(t, first.Text, wanted)
		if c.Updated != 1 || c.Settled != 3 || c.Added+c.Removed != 0 {
			t.Errorf("%s: %+v", name, c)
		}
		if fresh := into(t, host, wanted); !bytes.Equal(c.Text, fresh.Text) {
			t.Errorf("%s: an update is not what a fresh start gives:\n%s", name, cmp.Diff(string(fresh.Text), string(c.Text)))
		}
		inverse(t, name, host, c.Text)

		// One goes, one comes: laid out anew, with the ids that there were.
		wanted = append(wanted[1:], Panel{UID: "cutover-move-new", Model: []byte("{}"), Width: 12, Height: 3})
		c = into(t, first.Text, wanted)
		if c.Updated != 1 || c.Settled != 2 || c.Added != 1 || c.Removed != 1 {
			t.Errorf("%s: %+v", name, c)
		}
		inverse(t, name, host, c.Text)
		grid(t, name, c.Text)
		ids := func(text []byte) map[string]int {
			b, err := read(text)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]int{}
			for _, e := range b.owned(owner) {
				out[e.mark.uid] = e.id
			}
			return out
		}
		was, is := ids(first.Text), ids(c.Text)
		for uid, id := range is {
			if before, there := was[uid]; there && before != id {
				t.Errorf("%s: panel %s had the id %d and has %d", name, uid, before, id)
			}
		}
	}
}

// edited is a dashboard as a person leaves it: decoded, changed, written anew.
func edited(t *testing.T, text []byte, change func(panels []any) []any) []byte {
	t.Helper()
	var board map[string]any
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	board["panels"] = change(board["panels"].([]any))
	text, err := json.MarshalIndent(board, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func at(p any) map[string]any { return p.(map[string]any)["gridPos"].(map[string]any) }

// What people do to panels stays: a place, a size, a colour, a collapsed row.
func TestPeopleEdit(t *testing.T) {
	host := hosts(t)["two-spaces"]
	moved := edited(t, into(t, host, panels()).Text, func(all []any) []any {
		// To the top, as Grafana sorts them when it saves.
		for i, p := range all {
			if y := at(p)["y"].(float64); i < 3 {
				at(p)["y"] = y + 12
			} else {
				at(p)["y"] = y - 14
			}
		}
		all[5].(map[string]any)["pluginVersion"] = "10.1.5"
		return append(all[3:], all[:3]...)
	})
	if c := into(t, moved, panels()); c.Changed() || !bytes.Equal(c.Text, moved) {
		t.Errorf("a moved panel is put back: %+v", c)
	}
	wanted := panels()
	wanted[2] = changed(wanted[2])
	c := into(t, moved, wanted)
	if c.Updated != 1 || c.Settled != 3 {
		t.Errorf("after a move: %+v", c)
	}
	grid(t, "moved", c.Text)
	wanted = append(wanted[1:], Panel{UID: "cutover-move-new", Model: []byte("{}"), Width: 12, Height: 3})
	c = into(t, moved, wanted)
	if c.Updated != 1 || c.Settled != 2 || c.Added != 1 || c.Removed != 1 {
		t.Errorf("after a move, another set: %+v", c)
	}
	grid(t, "moved, another set", c.Text)
	same(t, "moved", host, out(t, c.Text), 12)

	collapsed := edited(t, into(t, host, panels()).Text, func(all []any) []any {
		row := all[3].(map[string]any)
		row["collapsed"], row["panels"] = true, all[4:]
		return all[:4]
	})
	if c := into(t, collapsed, panels()); c.Changed() {
		t.Errorf("a collapsed row: %+v", c)
	}
	same(t, "collapsed", host, out(t, collapsed), 0)
	wanted = panels()
	wanted[0] = changed(wanted[0])
	if c := into(t, collapsed, wanted); c.Updated != 1 {
		t.Errorf("an update in a collapsed row: %+v", c)
	}

	adopted := func(ours bool) []byte { // a panel of theirs is dragged into our row, and that is closed
		return edited(t, into(t, host, panels()).Text, func(all []any) []any {
			row, inside := all[3].(map[string]any), []any{all[2]}
			if ours {
				inside = append(inside, all[4:]...)
			}
			row["collapsed"], row["panels"] = true, inside
			return append(all[:2:2], row)
		})
	}
	same(t, "adopted", adopted(false), out(t, adopted(true)), 0)
}

// same compares dashboards as values; the panels of one may stand lower.
func same(t *testing.T, name string, want, got []byte, lower float64) {
	t.Helper()
	w := edited(t, want, func(all []any) []any {
		for _, p := range all {
			at(p)["y"] = at(p)["y"].(float64) + lower
		}
		return all
	})
	if diff := cmp.Diff(string(w), string(edited(t, got, func(all []any) []any { return all }))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Two checklists in one dashboard don't touch each other.
func TestOwners(t *testing.T) {
	for name, host := range hosts(t) {
		first := into(t, host, panels()).Text
		other, err := Into(first, panels()[:2], Options{Owner: owner + "2", Heading: "Another"})
		if err != nil {
			t.Fatal(err)
		}
		grid(t, name, other.Text)
		if c := into(t, other.Text, panels()); c.Changed() {
			t.Errorf("%s: with another's: %+v", name, c)
		}
		back, err := Out(other.Text, owner+"2")
		if err != nil || !bytes.Equal(back.Text, first) {
			t.Errorf("%s: %v: taking out the second leaves something else", name, err)
		}
		if back, err = Out(out(t, other.Text), owner+"2"); err != nil || !bytes.Equal(back.Text, host) && name != "empty" {
			t.Errorf("%s: %v: taking out both leaves something else:\n%s", name, err, cmp.Diff(string(host), string(back.Text)))
		}
	}
}

func TestFaults(t *testing.T) {
	for host, want := range map[string]string{
		"":                                      "1:1: this is no JSON: unexpected end of JSON input",
		"{\n  {":                                "2:3: this is no JSON: invalid character '{' looking for beginning of object key string",
		"[]":                                    "1:1: a dashboard is a JSON object: { … }",
		"{} {}":                                 "1:4: this is no JSON: invalid character '{' after top-level value",
		"\n{}":                                  "2:1: " + noPanels,
		`{"panels": null}`:                      "1:12: " + noPanels,
		`{"panels": [], "panels": []}`:          "1:26: " + twoLists,
		"{\"panels\": [],\n \"rows\": [{}]}":    "2:10: " + legacyRows,
		`{"rows": [{}]}`:                        "1:10: " + legacyRows,
		`{"spec": {"elements":1, "layout":{}}}`: "1:10: " + schemaV2,
		`{"panels": [1]}`:                       "1:13: " + strange,
		`{"panels": [{"type":"row","panels":[1]}]}`: "1:37: " + strange,
		`{"panels": [{"gridPos":{"y":1e9,"h":1}}]}`: "1:13: this panel reaches down to line 1000000001 of the grid: correct its gridPos",
	} {
		_, err := Into([]byte(host), panels(), options)
		var fault *Error
		if !errors.As(err, &fault) || err.Error() != want {
			t.Errorf("%q:\ngot  %v\nwant %s", host, err, want)
		}
	}
	good := hosts(t)["two-spaces"]
	for want, p := range map[string][]Panel{
		"no panels":      nil,
		"want a uid":     {{UID: "a:b", Model: []byte("{}"), Width: 1, Height: 1}},
		"fits a grid":    {{UID: "a", Model: []byte("{}"), Width: 25, Height: 1}},
		"no JSON object": {{UID: "a", Model: []byte("null"), Width: 1, Height: 1}},
		"two panels a":   {{UID: "a", Model: []byte("{}"), Width: 1, Height: 1}, {UID: "a", Model: []byte("{}"), Width: 1, Height: 1}},
	} {
		if _, err := Into(good, p, options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// FuzzInAndOut wants putting in and taking out to be inverse on any text that is
// taken at all.
func FuzzInAndOut(f *testing.F) {
	for _, host := range hosts(f) {
		f.Add(host)
	}
	f.Add([]byte(`{"panels":[{"type":"row","gridPos":{"y":-1}},{"type":"row","collapsed":true,"panels":[ ]}]}`))
	f.Add([]byte(`{"panels":[{"id":2147483647,"gridPos":{"y":0,"x":3}},{"id":"x","gridPos":7}]}`))
	f.Fuzz(func(t *testing.T, host []byte) {
		first, err := Into(host, panels(), options)
		if err != nil {
			return
		}
		if first.Settled+first.Updated+first.Removed > 0 { // the fuzzer has made one of ours
			return
		}
		if !json.Valid(bytes.TrimPrefix(first.Text, []byte("\xef\xbb\xbf"))) {
			t.Fatalf("no JSON:\n%s", first.Text)
		}
		inverse(t, "", host, first.Text)
		if again := into(t, first.Text, panels()); !bytes.Equal(again.Text, first.Text) {
			t.Fatalf("a second time changes something:\n%s", cmp.Diff(string(first.Text), string(again.Text)))
		}
		wanted := panels()
		wanted[0] = Panel{UID: "cutover-move-new", Model: []byte("{}"), Width: 12, Height: 3}
		inverse(t, "", host, into(t, first.Text, wanted).Text)
	})
}

func BenchmarkInto(b *testing.B) {
	host := hosts(b)["collapsed-row"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Into(host, panels(), options); err != nil {
			b.Fatal(err)
		}
	}
}

func TestInspect(t *testing.T) {
	all := hosts(t)
	all["variables"] = []byte(`{"panels": [
		{"datasource": {"type":"prometheus","uid":"one"}, "targets": [{"datasource": {"type":"prometheus","uid":"two"}}, {"datasource": "old"}, 7]},
		{"type":"row","panels":[{"datasource": {"type":"prometheus","uid":"one"}}, {"datasource": {"type":"loki","uid":"logs"}}]},
		{"datasource": {"type":"prometheus","uid":"ours"}, "description": "<!-- cutover:x:y:0123456789ab:1 -->"}],
		"templating": {"list": [{"name":"plan","type":"query","query":{"query":"label_values(cutover_checklist_info, checklist)","refId":"x"}},
			{"name":"checklist","type":"custom","query":"a,b","multi":true}, {"name":"logs","type":"datasource","query":"loki"},
			{"name":"prom","type":"datasource","query":"prometheus","multi":false}, {"type":"query"}, null]}}`)
	want := map[string]Host{
		"two-spaces": {Sources: []string{"DS"}}, "tabs-crlf": {Sources: []string{"DS"}}, "one-line": {Sources: []string{"DS"}},
		"one-line-spaced": {Sources: []string{"DS"}}, "byte order mark": {Sources: []string{"DS"}}, "collapsed-row": {Sources: []string{"DS"}},
		"kubernetes": {Sources: []string{"DS"}}, "empty": {Sources: []string{"DS"}}, "exported": {Sources: []string{"DS_METRICS"}}, "by-hand": {},
		"variables": {Sources: []string{"prom"}, Checklists: []string{"plan", "checklist"}, Several: []string{"checklist"}, UIDs: []string{"one", "two"}},
	}
	got := map[string]Host{}
	for name, host := range all {
		h, err := Inspect(host)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got[name] = h
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := Inspect([]byte("{}")); err == nil {
		t.Error("no dashboard is taken")
	}
}
