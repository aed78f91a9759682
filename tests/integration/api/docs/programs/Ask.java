import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks with Java's own client, which by default offers to go on in HTTP/2 (`Upgrade: h2c`). */
public class Ask {
    public static void main(String[] arguments) throws Exception {
        var clients = List.of(
            HttpClient.newHttpClient(),
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
        for (var client : clients) {
            // Address and body take turns; each is asked twice, the second time on a kept connection.
            for (int index = 0; index < arguments.length; index += 2) {
                var body = arguments[index + 1].getBytes(StandardCharsets.UTF_8);
                print(client, arguments[index], BodyPublishers.ofByteArray(body));
                // Without a length: in chunks.
                print(client, arguments[index],
                    BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body)));
            }
        }
    }

    private static void print(HttpClient client, String address, BodyPublisher body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "application/json").POST(body).build();
        var answer = client.send(request, BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}
