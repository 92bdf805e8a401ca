package criterion

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// labelled is a line with the criteria a person read in it.
type labelled struct {
	at   int // the line of the file
	text string
	want []string
}

// readLabelled reads a file of labelled lines: text, how many criteria, and
// the criteria as record writes them.
func readLabelled(t *testing.T, path string) []labelled {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var lines []labelled
	scanner := bufio.NewScanner(file)
	for at := 1; scanner.Scan(); at++ {
		columns := strings.Split(scanner.Text(), "\t")
		if at == 1 || scanner.Text() == "" || strings.HasPrefix(scanner.Text(), "# ") {
			continue
		}
		line := labelled{at: at, text: columns[0]}
		if len(columns) > 2 && columns[2] != "" {
			line.want = strings.Split(columns[2], " ;; ")
		}
		if n, err := strconv.Atoi(columns[1]); err != nil || n != len(line.want) {
			t.Fatalf("%s:%d: says %q criteria and lists %d", path, at, columns[1], len(line.want))
		}
		lines = append(lines, line)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// record writes a criterion as the labelled files do:
// signal|quantile|comparison|value|unit|change|for_seconds.
func record(c Criterion) string {
	quantile := ""
	if c.Quantile != 0 {
		quantile = strconv.FormatFloat(c.Quantile, 'f', -1, 64)
	}
	return fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s", c.Signal, quantile, c.Comparison,
		strconv.FormatFloat(c.Value, 'f', -1, 64), c.Unit, c.Change,
		strconv.FormatFloat(c.For.Seconds(), 'f', -1, 64))
}

func records(criteria []Criterion) []string {
	var all []string
	for _, c := range criteria {
		all = append(all, record(c))
	}
	return all
}

// TestLabelledLines demands of each set of labelled lines a share that is
// read exactly and bounds the share that is read wrongly, where something
// is read that the line does not say.
func TestLabelledLines(t *testing.T) {
	for _, set := range []struct {
		file         string
		exact, wrong float64
	}{
		{"testdata/criteria.tsv", 0.97, 0.01},
		{"testdata/own.tsv", 0.95, 0.02},
		{"testdata/languages.tsv", 0.95, 0.02},
	} {
		t.Run(set.file, func(t *testing.T) {
			lines := readLabelled(t, set.file)
			exact, wrong := 0, 0
			for _, line := range lines {
				got := records(Parse(Line{Text: line.text}))
				if strings.Join(got, " ;; ") == strings.Join(line.want, " ;; ") {
					exact++
					continue
				}
				if !subset(got, line.want) {
					wrong++
				}
				t.Logf("%s:%d: %s\n\tread %s\n\twant %s", set.file, line.at, line.text, strings.Join(got, " ;; "), strings.Join(line.want, " ;; "))
			}
			n := float64(len(lines))
			t.Logf("%d lines, %d read exactly, %d read wrongly", len(lines), exact, wrong)
			if float64(exact)/n < set.exact || float64(wrong)/n > set.wrong {
				t.Errorf("%s: %.1f %% exactly right and %.1f %% wrong, want at least %.0f %% and at most %.0f %%",
					set.file, 100*float64(exact)/n, 100*float64(wrong)/n, 100*set.exact, 100*set.wrong)
			}
		})
	}
}

// subset says whether everything read is wanted: what is missing was left
// alone, which is not a wrong reading.
func subset(got, want []string) bool {
	rest := append([]string(nil), want...)
next:
	for _, g := range got {
		for i, w := range rest {
			if g == w {
				rest = append(rest[:i], rest[i+1:]...)
				continue next
			}
		}
		return false
	}
	return true
}
