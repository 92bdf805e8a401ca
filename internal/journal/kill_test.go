package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// writerVariable names the journal that the test binary writes until somebody
// kills it.
const writerVariable = "JOURNAL_TEST_WRITER"

// most is how many incidents the writer leaves open.
const most = 40

// writeUntilKilled opens and closes incidents, as fast as it can, in files so
// small that many are begun. Before each step it says what it will do, and
// after it what was acknowledged:
//
//	opening NOTE
//	opened NOTE
//	closing NOTE
//	closed NOTE
func writeUntilKilled(path string) {
	fail := func(err error) {
		if err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
	}
	j, err := Open(path, Options{MaxBytes: 16 << 10})
	fail(err)
	// Changes are written without a word: they fill the files.
	noise := []Event{change(Phase, "", "planned", "shifting"), change(Phase, "", "shifting", "soaking")}
	for n := 0; ; n++ {
		note := fmt.Sprintf("%d-%d", os.Getpid(), n)
		fmt.Println("opening", note)
		_, err := j.Append(append(noise, incident("rollback/errors", note))...)
		fail(err)
		fmt.Println("opened", note)
		for open := j.OpenIncidents(); len(open) > most; open = open[1:] {
			note := open[0].Incident.Note
			fmt.Println("closing", note)
			_, err := j.Append(closing(open[0], note))
			fail(err)
			fmt.Println("closed", note)
		}
	}
}

// promised is what the writer said of each incident last, by note.
type promised map[string]string

// A writer that is killed again and again loses nothing that it acknowledged,
// and does nothing twice. How often it is killed is in kills_test.go.
func TestKilledAgainAndAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	said := promised{}
	files := map[uint64]bool{} // by the first event that is kept
	for range kills {
		said.follow(t, path, 1+rand.N(200))
		log := read(t, path)
		said.compare(t, log)
		if t.Failed() {
			return
		}
		if len(log.Events) > 0 {
			files[log.Events[0].Seq] = true
		}
	}
	if len(files) < kills/10 {
		t.Errorf("%d kills met %d files: too few rotations to prove anything", kills, len(files))
	}
}

// follow starts the writer, and kills it when it has said so many things: in
// the middle of whatever it does then.
func (p promised) follow(t *testing.T, path string, n int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerVariable+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewReader(out); ; n-- {
		if n == 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Errorf("kill: %v", err)
			}
		}
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // what it said in part it has not said
		}
		if err != nil {
			t.Fatal(err)
		}
		what, note, _ := strings.Cut(strings.TrimSpace(line), " ")
		p[note] = what
		if what == "failed" {
			t.Errorf("the writer failed: %s", note)
		}
	}
	_ = cmd.Wait() // it was killed
}

// compare compares what was said with what is written. What was only announced
// may have happened or not; what it was is settled from here on.
func (p promised) compare(t *testing.T, log Log) {
	t.Helper()
	if len(log.Faults) > 0 {
		t.Errorf("faults: %v", log.Faults)
	}
	open := map[string]int{}
	for _, e := range log.State.OpenIncidents() {
		open[e.Incident.Note]++
	}
	twice := map[string]int{}
	for _, e := range log.Events {
		if e.Incident != nil {
			twice[string(e.Kind)+" "+e.Incident.Note]++
		}
	}
	for what, n := range twice {
		if n > 1 {
			t.Errorf("%s is written %d times", what, n)
		}
	}
	for note, what := range p {
		switch n := open[note]; {
		case n > 1:
			t.Errorf("%s is open %d times", note, n)
		case what == "opened" && n == 0:
			t.Errorf("%s was opened, and is lost", note)
		case what == "closed" && n == 1:
			t.Errorf("%s was closed, and is open", note)
		case n == 1:
			p[note] = "opened"
		default:
			delete(p, note) // closed, or never opened
		}
		delete(open, note)
	}
	for note := range open {
		t.Errorf("%s is open, and nobody opened it", note)
	}
}
