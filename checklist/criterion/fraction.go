package criterion

import "cmp"

// fraction is a number as written: a quotient of two whole numbers. Floats hold
// whole numbers up to 2^53 exactly, and no number that is read is longer, so that the
// quotient is rounded once: 0.7 % is 7/1000, the float nearest to 0.007 and not the
// quotient of two rounded ones. Only products of what nobody writes, fifteen digits of
// terabytes, may be off in their last bit.
type fraction struct{ over, under float64 }

// fractionOf reads a number in plain notation, of at most lexicon.MaxDigits digits.
func fractionOf(plain string) fraction {
	f := fraction{under: 1}
	decimals := false
	for i := range len(plain) {
		if plain[i] == '.' {
			decimals = true
			continue
		}
		f.over = f.over*10 + float64(plain[i]-'0')
		if decimals {
			f.under *= 10
		}
	}
	return f
}

// whole is a whole number.
func whole(n float64) fraction { return fraction{n, 1} }

func (f fraction) times(g fraction) fraction { return fraction{f.over * g.over, f.under * g.under} }

func (f fraction) minus(g fraction) fraction {
	return fraction{f.over*g.under - g.over*f.under, f.under * g.under}
}

func (f fraction) compare(g fraction) int { return cmp.Compare(f.over*g.under, g.over*f.under) }

// float gives the float nearest to f.
func (f fraction) float() float64 { return f.over / f.under }

func isDigit[T byte | rune](c T) bool { return '0' <= c && c <= '9' }
