package criterion

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// Describe says the criterion in a few words that Parse reads back to the same
// fields but its role and kind: "P95 latency < 150 ms", "throughput decrease >
// 10 % for 5 min". A named demand is its subject.
func (c Criterion) Describe() string {
	if !c.Quantified() {
		return c.Subject
	}
	words := make([]string, 0, 6)
	if c.Quantile != 0 {
		words = append(words, "P"+decimal(c.Quantile, big.NewRat(100, 1)))
	}
	words = append(words, c.name())
	if c.Change != Absolute {
		words = append(words, string(c.Change))
	}
	words = append(words, string(c.Comparison), c.number())
	if c.For != 0 {
		words = append(words, "for", printDuration(c.For))
	}
	return strings.Join(words, " ")
}

// signalNames are the signals in words, the first of their entries.
var signalNames = map[Signal]string{
	ErrorRatio: "error rate", SuccessRatio: "success rate", Latency: "latency", Throughput: "throughput",
	Memory: "memory usage", CPU: "CPU usage", Availability: "availability", TestPassRatio: "pass rate",
	Business: "business metrics",
}

func (c Criterion) name() string {
	if name, ok := signalNames[c.Signal]; ok {
		return name
	}
	return c.Subject
}

func (c Criterion) number() string { return Amount(c.Value, c.Unit) }

// Amount prints a value in a base unit with the unit people would choose, exactly:
// 0.045 seconds are "45 ms", a ratio of 0.007 is "0.7 %".
func Amount(value float64, unit Unit) string {
	switch unit {
	case Ratio:
		return decimal(value, big.NewRat(100, 1)) + " %"
	case Seconds:
		if value < 1 {
			return decimal(value, big.NewRat(1000, 1)) + " ms"
		}
		return decimal(value, asItIs) + " s"
	case Bytes:
		for _, u := range []struct {
			name string
			size int64
		}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
			if value >= float64(u.size) {
				return decimal(value, big.NewRat(1, u.size)) + " " + u.name
			}
		}
		return decimal(value, asItIs) + " B"
	case RequestsPerSecond:
		return decimal(value, asItIs) + " req/s"
	}
	return decimal(value, asItIs)
}

// asItIs is the scale of what is printed in its base unit.
var asItIs = big.NewRat(1, 1)

// decimal prints value × scale without loss: what was read as 0.7 % and kept
// as 0.007 is printed as 0.7.
func decimal(value float64, scale *big.Rat) string {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(value, 'f', -1, 64))
	if !ok {
		return strconv.FormatFloat(value, 'f', -1, 64) // not a finite number
	}
	text := r.Mul(r, scale).FloatString(lexicon.MaxDigits)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

func printDuration(d time.Duration) string {
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + " " + u.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + " ns"
}
