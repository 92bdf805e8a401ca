package criterion

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// rounds is how many cases each property is tried on; the seed is fixed, so a
// failure comes back.
const rounds = 3000

func random() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// TestDescribeIsReadBack prints random criteria and reads them.
func TestDescribeIsReadBack(t *testing.T) {
	r := random()
	for range rounds {
		want := randomCriterion(r)
		text := want.Describe()
		got := Parse(Line{Text: text})
		if diff := cmp.Diff([]Criterion{want}, got, cmpopts.IgnoreFields(Criterion{}, "Role", "Kind", "Advisory")); diff != "" {
			t.Fatalf("%q (-printed +read):\n%s", text, diff)
		}
	}
}

// randomCriterion makes one of the criteria that the fields can say.
func randomCriterion(r *rand.Rand) Criterion {
	kinds := []struct {
		signal  Signal
		subject string
		unit    Unit
	}{
		{ErrorRatio, "", Ratio}, {SuccessRatio, "", Ratio}, {Availability, "", Ratio}, {TestPassRatio, "", Ratio},
		{Latency, "", Seconds}, {Throughput, "", RequestsPerSecond}, {Memory, "", Bytes}, {Memory, "", Ratio},
		{CPU, "", Ratio}, {Business, "", Count}, {Other, "coverage", Ratio}, {Other, "lag", Seconds}, {Other, "lcp", Seconds},
	}
	kind := kinds[r.IntN(len(kinds))]
	c := Criterion{Signal: kind.signal, Subject: kind.subject, Unit: kind.unit}
	c.Comparison = []Comparison{Less, LessOrEqual, Greater, GreaterOrEqual}[r.IntN(4)]
	c.Quantile = []float64{0, 0, 0.5, 0.9, 0.95, 0.99, 0.999}[r.IntN(7)]
	c.For = []time.Duration{0, 0, 30 * time.Second, 5 * time.Minute, 24 * time.Hour, 90 * time.Minute}[r.IntN(6)]
	if r.IntN(3) == 0 {
		c.Change = []Change{Increase, Decrease}[r.IntN(2)]
		c.Unit = Ratio
	}
	digits := strconv.Itoa(1 + r.IntN(9999))
	shift := map[Unit]int{Ratio: -5, Seconds: -3, RequestsPerSecond: 0, Bytes: 4, Count: 0}[c.Unit]
	c.Value, _ = strconv.ParseFloat(digits+"e"+strconv.Itoa(shift), 64)
	return c
}

// TestNumbersAreExact writes the same number in the ways people do and expects
// the float nearest to it, not the result of arithmetic on floats.
func TestNumbersAreExact(t *testing.T) {
	r := random()
	for range rounds {
		thousandths := 1 + r.IntN(99_999)
		percent := fmt.Sprintf("%d.%03d", thousandths/1000, thousandths%1000)
		want, _ := new(big.Rat).SetFrac64(int64(thousandths), 100_000).Float64()
		for _, text := range []string{
			"Error rate < " + percent + "%",
			"Error rate < " + percent + " %",
			"Fehlerrate < " + percent + " Prozent",
			"错误率 < " + percent + "％",
			"Hata oranı < %" + percent,
		} {
			got := Parse(Line{Text: text})
			if len(got) != 1 || got[0].Value != want {
				t.Fatalf("%q: read %v, want %v", text, got, want)
			}
		}
	}
}

// TestSeparators writes whole numbers with every separator of thousands, and
// numbers with a decimal comma.
func TestSeparators(t *testing.T) {
	r := random()
	for range rounds {
		n := 1000 + r.IntN(9_999_000)
		for _, sep := range []string{"", ",", "'", " ", "\u00a0", "\u202f"} {
			text := "Throughput > " + grouped(n, sep) + " req/s"
			got := Parse(Line{Text: text})
			if len(got) != 1 || got[0].Value != float64(n) {
				t.Fatalf("%q: read %v, want %d", text, got, n)
			}
		}
		tenths := 1 + r.IntN(999)
		text := fmt.Sprintf("Verfügbarkeit >= %d,%d %%", tenths/10, tenths%10)
		want, _ := big.NewRat(int64(tenths), 1000).Float64()
		if got := Parse(Line{Text: text}); len(got) != 1 || got[0].Value != want {
			t.Fatalf("%q: read %v, want %v", text, got, want)
		}
	}
}

func grouped(n int, sep string) string {
	digits := strconv.Itoa(n)
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, groups...), sep)
}

// TestUnits writes every unit of the table behind a number, glued and apart.
func TestUnits(t *testing.T) {
	signal := map[Unit]string{Ratio: "CPU", Seconds: "replication lag", Bytes: "memory", RequestsPerSecond: "throughput"}
	for _, e := range unitTable {
		about, ok := signal[e.base]
		if !ok {
			continue
		}
		size, _ := new(big.Rat).SetString(e.size)
		want, _ := new(big.Rat).Mul(size, big.NewRat(7, 1)).Float64()
		for _, name := range lexicon.Phrases(e.names) {
			name = strings.TrimSpace(strings.ReplaceAll(name, "*", ""))
			for _, space := range []string{"", " "} {
				text := about + " < 7" + space + name
				got := Parse(Line{Text: text})
				if len(got) != 1 || got[0].Unit != e.base || got[0].Value != want {
					t.Errorf("%q: read %v, want %v %s", text, got, want, e.base)
				}
			}
		}
	}
}

// TestHolds writes durations in the ways people do.
func TestHolds(t *testing.T) {
	r := random()
	forms := []string{
		"Error rate > 1%% for %d %s", "Error rate > 1%% for more than %d %s", "Error rate > 1%% for at least %d %s",
		"Error rate > 1%% for >%d %s", "Error rate > 1%% over %d %s", "Error rate > 1%% sustained for %d %s",
		"Error rate > 1%% that persists for %d %s", "Error rate > 1%% (%d %s)", "For %d %s, error rate > 1%%",
		"Error rate > 1%% in the first %d %s",
	}
	for range rounds {
		n := 1 + r.IntN(90)
		unit := []struct {
			name string
			size time.Duration
		}{{"s", time.Second}, {"seconds", time.Second}, {"min", time.Minute}, {"minutes", time.Minute}, {"h", time.Hour}, {"hours", time.Hour}, {"days", 24 * time.Hour}}[r.IntN(7)]
		text := fmt.Sprintf(forms[r.IntN(len(forms))], n, unit.name)
		got := Parse(Line{Text: text})
		if want := time.Duration(n) * unit.size; len(got) != 1 || got[0].For != want || got[0].Value != 0.01 {
			t.Fatalf("%q: read %v, want it to last %v", text, got, want)
		}
	}
}
