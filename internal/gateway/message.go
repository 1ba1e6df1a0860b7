package gateway

import (
	"encoding/json"
	"time"

	"github.com/domicile-dev/domicile/internal/call"
)

// The headers that the gateway sets on answers.
const (
	// ReferenceHeader has the number of a refusal or warning.
	ReferenceHeader = "x-domicile-reference"
	// WarningHeader has what a customer is told who is served with a warning.
	WarningHeader = "x-domicile-warning"
	// TenantHeader tells the upstream whose the request is.
	TenantHeader = call.TenantHeader
	// AnswerHeader repeats the body of a refusal over HTTP, for proxies that drop it.
	AnswerHeader = "x-domicile-answer"
)

// Message is what a customer may read: nothing of the ownership of anybody.
func (a *Answer) Message() string {
	switch a.Outcome {
	case Unavailable:
		return "It cannot be found out now whether this request may be served. Try again."
	case Unauthenticated:
		return "The API key or token is missing, or it is not known. Reference: " + a.Reference().String()
	case Refused:
		return "This request is not served. Ask your provider, and give this reference: " + a.Reference().String()
	case Warned:
		if !a.From.IsZero() {
			return "From " + a.From.UTC().Format(time.RFC3339) + " this request will not be served. Ask your provider, and give this reference: " + a.Reference().String()
		}
		return "Ask your provider about this request, and give this reference: " + a.Reference().String()
	default:
		return ""
	}
}

type openAIError struct {
	Error openAIDetail `json:"error"`
}

type openAIDetail struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    string  `json:"code"`
}

type anthropicError struct {
	Type      string          `json:"type"`
	Error     anthropicDetail `json:"error"`
	RequestID string          `json:"request_id"`
}

type anthropicDetail struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// words are the types and codes of errors that clients of these APIs know.
var words = map[Outcome]struct{ openAI, code, anthropic string }{
	Unavailable:     {"server_error", "residency_unknown", "api_error"},
	Unauthenticated: {"invalid_request_error", "invalid_api_key", "authentication_error"},
	Refused:         {"request_forbidden", "tenant_not_served", "permission_error"},
}

// Body is the refusal in the form that the client reads.
func (a *Answer) Body() (contentType string, body []byte) {
	var value any
	w, format := words[a.Outcome], call.Plain
	if a.Point != nil {
		format = a.Point.Format
	}
	switch format {
	case call.OpenAI:
		value = openAIError{openAIDetail{Message: a.Message(), Type: w.openAI, Code: w.code}}
	case call.Anthropic:
		value = anthropicError{"error", anthropicDetail{w.anthropic, a.Message()}, a.Reference().String()}
	default:
		return "text/plain; charset=utf-8", []byte(a.Message() + "\n")
	}
	body, err := json.Marshal(value)
	if err != nil {
		return "text/plain; charset=utf-8", []byte(a.Message() + "\n") // not reached: it is text
	}
	return "application/json", body
}
