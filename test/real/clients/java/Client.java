import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Asks AWS who it is, as any program with the AWS SDK for Java does: each of CLIENTS clients at once, CALLS times one
 * after the other. With WAIT_FOR each call but the first waits until the file of that name is there. Prints one line of
 * JSON, {"arns": [...], "errors": [...]}; exits 1 where there is an error. With a third argument the credentials come
 * from a ProfileCredentialsProvider instead of the default chain.
 */
public final class Client {
  private record Answers(List<String> arns, List<String> errors) {}

  public static void main(String[] arguments) throws Exception {
    int calls = Integer.parseInt(arguments[0]);
    int clients = Integer.parseInt(arguments[1]);
    boolean explicit = arguments.length > 2;
    var all = new Answers(new ArrayList<>(), new ArrayList<>());
    var pool = Executors.newFixedThreadPool(clients);
    Callable<Answers> question = () -> ask(calls, explicit);
    for (var answers : pool.invokeAll(IntStream.range(0, clients).mapToObj(index -> question).toList())) {
      all.arns().addAll(answers.get().arns());
      all.errors().addAll(answers.get().errors());
    }
    pool.shutdown();
    System.out.println("{\"arns\":" + json(all.arns()) + ",\"errors\":" + json(all.errors()) + "}");
    System.exit(all.errors().isEmpty() ? 0 : 1);
  }

  private static Answers ask(int calls, boolean explicit) {
    var answers = new Answers(new ArrayList<>(), new ArrayList<>());
    var builder = StsClient.builder();
    if (explicit) builder.credentialsProvider(ProfileCredentialsProvider.create());
    try (var sts = builder.build()) {
      for (int call = 0; call < calls; call++) {
        if (call > 0) waitUntilAllowed();
        answers.arns().add(sts.getCallerIdentity().arn());
      }
    } catch (SdkException | IllegalStateException error) {
      answers.errors().add(withCauses(error));
    }
    return answers;
  }

  private static void waitUntilAllowed() {
    var file = Path.of(System.getenv().getOrDefault("WAIT_FOR", "/"));
    while (!Files.exists(file)) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }
  }

  private static String withCauses(Throwable error) {
    return error.getCause() == null ? error.toString() : error + "\nCaused by: " + withCauses(error.getCause());
  }

  private static String json(List<String> texts) {
    return texts.stream().map(Client::json).collect(Collectors.joining(",", "[", "]"));
  }

  private static String json(String text) {
    var quoted = text.chars().mapToObj(c -> c < ' ' || c == '"' || c == '\\' ? "\\u%04x".formatted(c) : "" + (char) c);
    return quoted.collect(Collectors.joining("", "\"", "\""));
  }
}
