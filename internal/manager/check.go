package manager

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
)

// checkCommand is the first argument with which the program looks whether an
// installation works, and ends: `helm test` runs it.
const checkCommand = "check"

// checkEvery is the pause between two tries.
const checkEvery = time.Second

// executeCheck tries what a new user would, as dry runs: something that the webhook has
// to refuse, and something that it has to admit.
func executeCheck(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("manager "+checkCommand, flag.ContinueOnError)
	f.SetOutput(os.Stderr)
	var own webhookconfig.Installation
	f.StringVar(&own.Namespace, "namespace", os.Getenv("POD_NAMESPACE"), "the installation's `namespace` (default $POD_NAMESPACE)")
	f.StringVar(&own.Name, "owner-cluster-role", "", "`name` of the installation's ClusterRole")
	timeout := f.Duration("timeout", time.Minute, "how long an installation that has just begun may take")
	if err := f.Parse(args); err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	scheme, err := newScheme()
	if err != nil {
		return err
	}
	mapper, err := informers.NewMapper(config, nil)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	c, err := client.New(config, client.Options{Scheme: scheme, Mapper: mapper})
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	var problem error
	err = wait.PollUntilContextTimeout(ctx, checkEvery, *timeout, true, func(ctx context.Context) (bool, error) {
		err := checkOnce(ctx, c, own)
		if problem == nil || ctx.Err() == nil {
			problem = err // and not that the time was up in the middle
		}
		return err == nil, nil
	})
	if err != nil {
		return errors.Join(problem, err)
	}
	_, err = fmt.Fprintf(out, "%s works: the API server asks it, and it refuses what it should and nothing else.\n", own)
	return err
}

func checkOnce(ctx context.Context, c client.Client, own webhookconfig.Installation) error {
	var live admissionv1.ValidatingWebhookConfiguration
	if err := c.Get(ctx, client.ObjectKey{Name: webhookconfig.Name}, &live); err != nil {
		return fmt.Errorf("read the webhook configuration: %w", err)
	}
	if is, _ := webhookconfig.InstallationOf(&live); is != own {
		return &webhookconfig.TakenError{By: is}
	}
	// The definition has the form of a code, and only the webhook knows which there are.
	err := c.Create(ctx, checkEntity("QQ"), client.DryRunAll)
	switch {
	case err == nil:
		return errors.New("a LegalEntity in a jurisdiction that does not exist is admitted: the API server does not ask the webhook")
	case !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "."+v1alpha1.Group+`" denied the request`):
		return fmt.Errorf("the webhook does not answer: %w", err)
	}
	if err := c.Create(ctx, checkEntity("NZ"), client.DryRunAll); err != nil {
		return fmt.Errorf("a LegalEntity that is right is refused: %w", err)
	}
	return nil
}

func checkEntity(code string) *v1alpha1.LegalEntity {
	return &v1alpha1.LegalEntity{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "domicile-check-"},
		Spec: v1alpha1.LegalEntitySpec{
			DisplayName: "Nobody, to see whether the webhook answers", Type: v1alpha1.EntityCompany,
			Jurisdictions: &v1alpha1.EntityJurisdictions{Headquarters: v1alpha1.JurisdictionCode(code)},
		},
	}
}
