package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

var (
	signOffLabel = regexp.MustCompile(`(?i)^(?:\w+ )?(?:sign(?:ed)?[ -]?off|signoff|signed|approved)(?: by)?$`)
	signOffLine  = regexp.MustCompile(`(?i)^(?:\w+ )?(?:(?:sign(?:ed)?[ -]?off|signoff|signed)(?: by)?|approved by)\s*:`)
	dateLabel    = regexp.MustCompile(`(?i)[\s,;|(/–-]*(?:\b(?:date|datum|fecha|data|tarih|on)|дата|日期|日付)\s*[:：]\s*`)
	onlyDate     = regexp.MustCompile(`(?i)^(?:date|datum|fecha|data|tarih|дата|日期|日付)\s*[:：]\s*(.*)$`)
	// roleWords matches a name that is only a role: who is to sign, not who did.
	roleWords = regexp.MustCompile(`(?i)^[\w/&+ ]*\b(?:lead|manager|team|owner|cto|ceo|cio|ciso|director|officer|management|engineer|sre|qa|devops|sponsor|architect)\b[\w/&+ ]*$`)
)

// signOffs reads `**Sign-off:** ____ Date: ____` lines. The date may stand on a
// line of its own beside it.
func (d *document) signOffs() {
	for i := range d.lines {
		l := &d.lines[i]
		if l.use != free || l.box == gfmBox || l.Kind == markdown.Heading || l.Kind == markdown.Row || !l.has(hasColon) {
			continue
		}
		value := l.value
		switch {
		case l.bold == labelled && isSignOffLabel(l.label):
		case l.isSignOff(), l.bold == notBold && l.has(hasBlank) && isSignOffStart(l.text):
			_, value, _ = cutColon(l.text)
		default:
			continue
		}
		l.use = meta
		name := value
		var date string
		if at := dateLabelIn(value); at != nil {
			name = value[:at[0]]
			date, _ = cutSignature(value[at[1]:])
		} else {
			date = d.dateBeside(i)
		}
		s := SignOff{Line: l.No, Section: d.sectionTitle(l), Name: filled(name), Date: filled(date)}
		if s.Date == "" && roleWords.MatchString(s.Name) {
			s.Name = ""
		}
		d.out.SignOffs = append(d.out.SignOffs, s)
	}
}

// isSignOffStart says whether a text begins with the label of a sign-off.
func isSignOffStart(text string) bool {
	label, _, ok := cutColon(text)
	return ok && signOffLabels.has(label)
}

// isSignOffLabel says whether a label is one of a sign-off. Few last words allow
// signOffLabel to match.
func isSignOffLabel(label string) bool {
	if signOffLabels.has(label) {
		return true
	}
	switch label = undecorated(label); lastWord(label) {
	case "off", "signoff", "signed", "approved", "by":
		return signOffLabel.MatchString(label) && !strings.EqualFold(label, "date approved") && !strings.EqualFold(label, "date signed")
	}
	return false
}

// dateLabelIn finds where a date's label begins and ends in a text.
func dateLabelIn(text string) []int {
	if at, _ := colonIn(text); at < 0 {
		return nil
	}
	return dateLabel.FindStringIndex(text)
}

// signatureLabel matches the label of a signature behind a date.
var signatureLabel = regexp.MustCompile(`(?i)[\s,;|(/–-]*(?:\b(?:signature|unterschrift|firma|assinatura|imza)|подпись|签名|簽名|署名|서명)\s*[:：]\s*`)

// cutSignature splits a date from the signature behind it.
func cutSignature(date string) (day, signature string) {
	if at := signatureLabel.FindStringIndex(date); at != nil {
		return date[:at[0]], date[at[1]:]
	}
	return date, ""
}

func (l *line) isSignOff() bool {
	return l.has(hasColon) && l.has(hasSign|hasApproved) && signOffLine.MatchString(l.text)
}

// dateBeside gives the value of a date line right above or below line i.
func (d *document) dateBeside(i int) string {
	for _, j := range []int{i + 1, i - 1} {
		if j < 0 || j >= len(d.lines) || d.lines[j].place != d.lines[i].place || d.lines[j].use != free || d.lines[j].box != noBox {
			continue
		}
		if !d.lines[j].has(hasColon) {
			continue
		}
		if m := onlyDate.FindStringSubmatch(d.lines[j].text); m != nil {
			d.lines[j].use = meta
			return m[1]
		}
	}
	return ""
}

// filled gives what somebody wrote into a place to fill in: nothing where only
// the blank or a placeholder is left.
func filled(s string) string {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "_*"))
	if s == "/20" || s == "/19" { // of "____/20__"
		return ""
	}
	if strings.Trim(s, "_*-–—/. \t|[](){}<>") == "" || placeholder.MatchString(s) {
		return ""
	}
	return s
}

// placeholder matches what templates write where a value belongs.
var placeholder = regexp.MustCompile(`(?i)^(?:\[[^\[\]]*\]|\{\{[^{}]*\}\}|<[^<>]*>|tbd|todo|replace[_ -]?me|change[_ -]?me|(?:y{4}|m{2}|d{2})[-/.](?:m{2}|d{2})[-/.](?:y{4}|m{2}|d{2})|pending)$`)
