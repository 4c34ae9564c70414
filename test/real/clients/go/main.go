// Asks AWS who it is, as any program with the AWS SDK for Go does: each of CLIENTS clients at once, CALLS times one
// after the other. Prints one line of JSON, {"arns": [...], "errors": [...]}; exits 1 where there is an error.
// A third argument are the seconds that a credential_process gets instead of a minute.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

type answers struct {
	Arns   []string `json:"arns"`
	Errors []string `json:"errors"`
}

func main() {
	calls, clients := number(os.Args[1]), number(os.Args[2])
	all := answers{Arns: []string{}, Errors: []string{}}
	var lock sync.Mutex
	var group sync.WaitGroup
	for range clients {
		group.Add(1)
		go func() {
			defer group.Done()
			arns, err := ask(calls)
			lock.Lock()
			defer lock.Unlock()
			all.Arns = append(all.Arns, arns...)
			if err != nil {
				all.Errors = append(all.Errors, err.Error())
			}
		}()
	}
	group.Wait()
	line, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
	if len(all.Errors) > 0 {
		os.Exit(1)
	}
}

func ask(calls int) ([]string, error) {
	var arns []string
	ctx := context.Background()
	loaded, err := config.LoadDefaultConfig(ctx, config.WithProcessCredentialOptions(limit))
	if err != nil {
		return arns, err
	}
	client := sts.NewFromConfig(loaded)
	for range calls {
		answer, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return arns, err
		}
		arns = append(arns, *answer.Arn)
	}
	return arns, nil
}

func limit(options *processcreds.Options) {
	if len(os.Args) > 3 {
		options.Timeout = time.Duration(number(os.Args[3])) * time.Second
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}
