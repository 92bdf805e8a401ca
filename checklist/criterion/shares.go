package criterion

import "strings"

// isShareOfRequests says whether "95% of requests" stands at in[i], which is a
// quantile where a time is bounded.
func isShareOfRequests(in []phrase, i int) bool {
	if !isMost(in[i]) {
		return false
	}
	j := skip(in, i+1, filler)
	return j < len(in) && (in[j].class == signal && in[j].signal == Latency && (in[j].weak || j > i+1) || ofTimed(in[i+1:]))
}

// ofTimed says whether what follows a share says what of, and how long that may
// take: "95% of probes < 1s".
func ofTimed(in []phrase) bool {
	k := skip(in, 0, filler, plainWord)
	return in[0].text == "of" && k <= reach && k+1 < len(in) && isCompare(in[k]) && in[k+1].amount.is(Seconds)
}

// isMost says whether a phrase is a share that may be meant for a quantile.
func isMost(p phrase) bool {
	return p.class == quantity && p.amount.is(Ratio) && p.amount.upper == nil && p.amount.value.compare(half) >= 0
}

// quantileOf takes a share for the quantile it would be of a time. The meaning is
// the phrase's own.
func quantileOf(p phrase) phrase {
	p.meaning = &meaning{class: percentile, value: quantile(p.amount.value)}
	return p
}

// half is the least share of requests, in per cent, that is taken for a quantile.
var half = whole(50)

// followsRequests says whether a word for requests stands before a share of
// them, with a particle between or, in Turkish, the sign ahead: "isteklerin %95'i".
func followsRequests(share phrase, before []phrase) bool {
	i := beforeFillers(before, len(before)-1)
	return i >= 0 && (i < len(before)-1 || strings.HasPrefix(share.text, "%")) && before[i].class == signal && before[i].signal == Latency && before[i].weak
}
