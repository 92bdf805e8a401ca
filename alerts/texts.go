package alerts

// Texts are what people read in a notification, as templates for a group of
// alerts. Alertmanager expands them, and so does Grafana. They read the
// annotations of our alerts and depend on none of them.
type Texts struct {
	Title string // one line
	Body  string
}

// PlainTexts are for what shows text as it is, such as mail.
func PlainTexts() Texts { return plainMarkup.texts() }

// SlackTexts are for Slack: text from a checklist doesn't become markup.
func SlackTexts() Texts { return slackMarkup.texts() }

// TeamsTexts are for Microsoft Teams, in the same way.
func TeamsTexts() Texts { return teamsMarkup.texts() }

func (m markup) texts() Texts { return Texts{Title: m.title(), Body: m.body()} }
