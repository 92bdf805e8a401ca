package checklist

import "testing"

func TestWording(t *testing.T) {
	words := newWording("stage", "monitor*", "at least", "этап*", "überwach*", "阶段")
	for text, want := range map[string]bool{
		"Stage 1":               true,
		"1st STAGE":             true,
		"staged":                false,
		"backstage":             false,
		"Monitoring":            true,
		"wait at least 1 h":     true,
		"Этап 2":                true,
		"последний этап":        true,
		"Überwachung 2 Stunden": true,
		"第一阶段":                  true,
		"":                      false,
		"\xff":                  false,
	} {
		if got := words.in(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestPhrases(t *testing.T) {
	p := newPhrases("-canary-", "-monitor", "流量")
	for slug, want := range map[string]bool{
		"canary": true, "the-canary-rollout": true, "canaryless": false, "monitoring": true, "premonitory": false, "调整流量": true, "": false,
	} {
		if got := p.in(slug); got != want {
			t.Errorf("%q: %v", slug, got)
		}
		if got := standIn(&p, []byte(slug)); got != want {
			t.Errorf("%q as bytes: %v", slug, got)
		}
	}
}
