package criterion

import (
	"math/big"
	"strings"
)

// shareOfRequests reads "95% of requests" at in[i], which is a quantile where
// a time is bounded, and gives the number of phrases it takes.
func shareOfRequests(in []phrase, i int) (phrase, int) {
	if i >= len(in) {
		return phrase{}, 0
	}
	j := skip(in, i+1, filler)
	if j == len(in) {
		return phrase{}, 0
	}
	if ofRequests := in[j].class == signal && in[j].signal == Latency && (in[j].weak || j > i+1); !ofRequests && !ofTimed(in[i+1:]) {
		return phrase{}, 0
	}
	share, ok := shareOfMost(in[i])
	if !ok {
		return phrase{}, 0
	}
	return share, 1
}

// ofTimed says whether what follows a share says what of, and how long that may
// take: "95% of probes < 1s".
func ofTimed(in []phrase) bool {
	k := skip(in, 0, filler, plainWord)
	return in[0].text == "of" && k <= reach && k+1 < len(in) && isCompare(in[k]) && in[k+1].amount.is(Seconds)
}

// shareOfMost reads a share as the quantile it would be of a time.
func shareOfMost(p phrase) (phrase, bool) {
	if p.class != quantity || !p.amount.is(Ratio) || p.amount.upper != nil || p.amount.values[0].Cmp(half) < 0 {
		return p, false
	}
	p.meaning = &meaning{class: percentile, value: percentShare(p.amount.values[0].FloatString(3))}
	return p, true
}

// half is the least share of requests, in per cent, that is taken for a quantile.
var half = big.NewRat(50, 1)

// followsRequests says whether a word for requests stands before a share of
// them, with a particle between or, in Turkish, the sign ahead: "isteklerin %95'i".
func followsRequests(share phrase, before []phrase) bool {
	i := len(before) - 1
	for i >= 0 && before[i].class == filler {
		i--
	}
	return i >= 0 && (i < len(before)-1 || strings.HasPrefix(share.text, "%")) && before[i].class == signal && before[i].signal == Latency && before[i].weak
}
