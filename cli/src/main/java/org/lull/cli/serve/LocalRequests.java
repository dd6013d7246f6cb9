// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells requests of programs on this machine from those that a web page makes in a browser on it. A page of another site can send a POST
 * to localhost without asking first; its browser then names the site in {@code Origin}. Or the site's own name leads here (DNS rebinding);
 * then it stands in {@code Host}.
 */
final class LocalRequests {
  /** A host and, after a colon, a port. */
  private static final Pattern HOST = Pattern.compile("(\\[[^\\]]*]|[^:\\[\\]]*)(?::(\\d*))?");
  private static final String SCHEME = "http://";
  private static final String DEFAULT_PORT = "80";

  private final Set<String> names; // of this machine, in small letters
  private final String port;

  /** @param address that the service listens on */
  LocalRequests(InetSocketAddress address) {
    String bound = address.getAddress().getHostAddress();
    names = new HashSet<>(List.of("localhost", "127.0.0.1", "[::1]"));
    names.add(address.getAddress() instanceof Inet6Address ? "[" + bound + "]" : bound);
    port = Integer.toString(address.getPort());
  }

  /** @throws Refused with 403 where the request is for another host, or a change that the page of another site asks for */
  void check(HttpExchange exchange) {
    List<String> hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
    String inAddress = exchange.getRequestURI().getRawAuthority(); // "GET http://host/status" has the host twice
    if (hosts.size() != 1) {
      throw foreignHost(hosts.isEmpty() ? "none" : String.join(" and ", hosts));
    }
    for (String host : inAddress == null ? hosts : List.of(hosts.getFirst(), inAddress)) {
      if (!isHere(host)) {
        throw foreignHost(host);
      }
    }
    List<String> origins = exchange.getRequestHeaders().getOrDefault("Origin", List.of());
    if (!exchange.getRequestMethod().equals("GET") && !origins.stream().allMatch(this::isOwn)) {
      throw new Refused(403, "origin " + String.join(", ", origins) + ", expected " + SCHEME + "localhost:" + port
          + " or none; pages of other sites may not use this service");
    }
  }

  private static Refused foreignHost(String host) {
    return new Refused(403, "host " + host + ", expected localhost, 127.0.0.1 or [::1]; this service is for programs on its own machine");
  }

  private boolean isHere(String host) {
    Matcher parts = HOST.matcher(host);
    return parts.matches() && names.contains(parts.group(1).toLowerCase(Locale.ROOT));
  }

  private boolean isOwn(String origin) {
    if (!origin.startsWith(SCHEME)) {
      return false;
    }
    String host = origin.substring(SCHEME.length());
    Matcher parts = HOST.matcher(host);
    return isHere(host) && parts.matches() && port.equals(parts.group(2) == null ? DEFAULT_PORT : parts.group(2));
  }
}
