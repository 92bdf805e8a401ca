package merge_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/alerts/merge"
)

const team = "route:\n  receiver: team\n  routes:\n  - receiver: team\nreceivers:\n- name: team\n"

// TestErrors wants errors that begin with file and line, say what to do, and
// repeat no secret.
func TestErrors(t *testing.T) {
	ours := part(t)
	for _, c := range []struct{ existing, want string }{
		{"", "am.yml:1: empty: there is nothing to merge into, so use the whole alertmanager.yml"},
		{"# nothing\n", "am.yml:1: empty: there is nothing to merge into, so use the whole alertmanager.yml"},
		{"- route\n", "am.yml:1: not an Alertmanager configuration: it has no keys"},
		{"route:\n  receiver: [team\n", "am.yml:2: did not find expected ',' or ']'"},
		{"route:\n\treceiver: team\n", "am.yml:2: found character that cannot start any token"},
		{"route:\n  receiver: \xff\n", "am.yml:1: not UTF-8: save the file as UTF-8"},
		{team + "---\n" + team, "am.yml:7: a second document begins here: Alertmanager reads one only"},
		{"receivers:\n- name: team\n", "am.yml:1: no route: there is nothing to merge into, so use the whole alertmanager.yml"},
		{"route: team\n", "am.yml:1: route has no keys that cutover's could be added to: write it out"},
		{"route:\n  receiver: a\n  routes: ~\nreceivers: [{name: a}]\n", "am.yml:3: routes is not a list: make it one, or take the key out"},
		{"route:\n  receiver: a\n  routes: {}\nreceivers: [{name: a}]\n", "am.yml:3: routes is not a list: make it one, or take the key out"},
		{"inhibit_rules: &a []\nroute:\n  receiver: a\n  routes: *a\n", "am.yml:4: routes is an alias: write the list out, so that cutover's part can be added to it"},
		{
			"global: &g\n  routes: [{receiver: a}]\nroute:\n  <<: *g\n  receiver: a\nreceivers: [{name: a}]\n",
			"am.yml:2: field routes not found in type config.plain",
		},
		{
			team + "- name: cutover-page\n",
			`am.yml:7: the receiver "cutover-page" has the name of one of cutover's, and is not marked as cutover's: rename it, or take it out if it came from routes.yml by hand`,
		},
		{team + "routing_table:\n- name: b\n", "am.yml:7: field routing_table not found in type config.plain"},
		{team + "- name: team\n", `am.yml:2: notification config name "team" is not unique`},
		{"route:\n  receiver: team\n  routes:\n  - receiver: b\n    group_wait: 0s\nreceivers:\n- name: team\n", `am.yml:4: undefined receiver "b" used in route`},
		{team + "  webhook_configs:\n  - url: htp://me:hunter2@example.org/\n", `am.yml:1: invalid URL: unsupported scheme "htp" for URL`},
		{team + "  webhook_configs:\n  - url: [https://me:hunter2@example.org/]\n", "am.yml:8: cannot unmarshal !!seq into common.plain"},
		{team + "  webhook_configs: hunter2-is-secret\n", "am.yml:7: cannot unmarshal !!str … into []*webhook.WebhookConfig"},
		{team + "# BEGIN cutover\n", `am.yml:7: "# BEGIN cutover" without "# END cutover": take cutover's part out by hand`},
		{team + "# END cutover\n", `am.yml:7: "# END cutover" without "# BEGIN cutover": take cutover's part out by hand`},
		{"# END cutover\n# BEGIN cutover\n" + team, `am.yml:2: "# BEGIN cutover" without "# END cutover": take cutover's part out by hand`},
		{"# BEGIN cutover\n# END cutover\n# END cutover\n" + team, `am.yml:3: "# END cutover" without "# BEGIN cutover": take cutover's part out by hand`},
		{"route:\n# BEGIN cutover\n  receiver: [\n# END cutover\n  ]\n", "am.yml:2: did not find expected node content (without cutover's part)"},
	} {
		got, err := merge.Into("am.yml", []byte(c.existing), ours)
		if err == nil {
			t.Errorf("%q: no error, but\n%s", c.existing, got)
			continue
		}
		if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.existing, diff)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error repeats a secret", c.existing)
		}
	}
}

// TestNotAPart gives what is no part to merge.
func TestNotAPart(t *testing.T) {
	for _, part := range []string{"", "routes: [}", "routes: []\n", "routes:\n  - receiver: a\ninhibit_rules: none\n"} {
		if _, err := merge.Into("am.yml", []byte(team), []byte(part)); err == nil || !strings.HasPrefix(err.Error(), "the part to merge: ") {
			t.Errorf("%q: error %v", part, err)
		}
	}
}

// TestTheirsAfterOurs lets a team add to the lists that we began: its items
// stay when ours go, and are no reason to refuse.
func TestTheirsAfterOurs(t *testing.T) {
	existing := []byte("route:\n  receiver: team\nreceivers:\n- name: team\n")
	ours := part(t)
	merged := into(t, "am.yml", existing, ours)
	added := bytes.Replace(merged, []byte("  # END cutover\n  receiver: team\n"), []byte("  # END cutover\n    # theirs\n    - receiver: team\n  receiver: team\n"), 1)
	added = append(added, "- equal: [a]\n  source_matchers: [b=c]\n  target_matchers: [d=e]\n"...)
	want := "route:\n  routes:\n    # theirs\n    - receiver: team\n  receiver: team\nreceivers:\n- name: team\n" +
		"inhibit_rules:\n- equal: [a]\n  source_matchers: [b=c]\n  target_matchers: [d=e]\n"
	got, err := merge.Remove("am.yml", added)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("removed (-want +got)\n%s", diff)
	}
	back, err := merge.Remove("am.yml", into(t, "am.yml", added, ours))
	if err != nil || string(back) != want {
		t.Errorf("merged again and removed: %v\n%s", err, back)
	}
}

// TestUntouched leaves a file alone that has nothing of ours.
func TestUntouched(t *testing.T) {
	for _, text := range []string{"", "anything: [", team, "# BEGIN cutovers\n"} {
		if got, err := merge.Remove("am.yml", []byte(text)); err != nil || string(got) != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// FuzzInto wants an error that begins with the file, or a result that gives the
// original back.
func FuzzInto(f *testing.F) {
	for _, text := range configurations(f) {
		f.Add(text)
	}
	ours := part(f)
	f.Add(into(f, "am.yml", []byte(team), ours))
	f.Fuzz(func(t *testing.T, existing []byte) {
		merged, err := merge.Into("am.yml", existing, ours)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "am.yml:") {
				t.Fatalf("error without file and line: %v", err)
			}
			return
		}
		original, err := merge.Remove("am.yml", existing)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := merge.Remove("am.yml", merged); err != nil || !bytes.Equal(back, original) {
			t.Fatalf("removing it again gives %q, %v: want %q", back, err, original)
		}
		if again, err := merge.Into("am.yml", merged, ours); err != nil || !bytes.Equal(again, merged) {
			t.Fatalf("merging it again gives %q, %v: want %q", again, err, merged)
		}
	})
}
