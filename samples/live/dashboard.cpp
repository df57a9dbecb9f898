#include "samples/live/dashboard.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include <httplib.h>

#include "models/runtime/error.h"
#include "samples/live/bounded_threads.h"
#include "samples/live/connection_guard.h"
#include "samples/live/dashboard_commands.h"
#include "samples/live/dashboard_page.h"
#include "samples/live/dashboard_state.h"
#include "samples/live/live_view.h"

namespace argent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostConnections = 96;
constexpr std::size_t kMostBody = 64 << 10;  // bytes of a POST
constexpr auto kPatience = 15s;              // with a connection, between whole requests, and with one picture of a stream
constexpr auto kLongestPoll = 1s;
constexpr int kSendBuffer = 256 << 10;  // bytes that wait in the kernel for a slow reader
constexpr const char* kBoundary = "argent-frame";

/// Sockets that are accepted inherit these. cpp-httplib's own choice, SO_REUSEPORT, would let two programs share a port unnoticed.
void set_socket_options(socket_t socket) {
  const int yes = 1, buffer = kSendBuffer, patience = static_cast<int>(std::chrono::milliseconds(kPatience).count());
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
}

std::optional<std::uint64_t> number_from(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void refuse(httplib::Response& response, int status, const std::string& reason) {
  response.status = status;
  response.set_header("Connection", "close");  // whatever body was sent is not read
  response.set_content(reason + "\n", "text/plain; charset=utf-8");
}

/// What costs more memory than it should in some version of cpp-httplib, and no client of ours sends.
std::optional<Refusal> oddity_of(const httplib::Request& request) {
  if (request.has_header("Range")) return Refusal{416, "ranges are not served"};
  if (request.has_header("Transfer-Encoding")) return Refusal{411, "expected a Content-Length"};
  if (request.has_header("Content-Encoding")) return Refusal{415, "expected a body that is not compressed"};
  return std::nullopt;
}

}  // namespace

struct Dashboard::Server {
  Server(DashboardOptions options, LiveControl& live_control);
  ~Server();

  void stop();
  void bind();
  void add_page();
  void add_feeds();
  void add_commands();
  httplib::Server::HandlerResponse admit(const httplib::Request& request, httplib::Response& response);
  AccessClaim claim_of(const httplib::Request& request) const;
  std::string cookie_name() const { return "argent_" + std::to_string(options.address.port); }
  void stream(const httplib::Request& request, httplib::Response& response);
  bool send_next(httplib::DataSink& sink, std::optional<std::uint64_t>& seen);
  void command(const httplib::Request& request, httplib::Response& response, const std::function<void(const std::string&)>& act) const;

  DashboardOptions options;
  AccessRules rules;
  LiveControl& control;
  LiveView view;
  httplib::Server http;
  BoundedThreads threads{kMostConnections};
  std::unique_ptr<ConnectionGuard> guard;
  std::atomic<bool> ended{false};
  std::thread listener;
};

Dashboard::Server::Server(DashboardOptions given, LiveControl& live_control) : options(std::move(given)), control(live_control) {
  rules = {is_loopback(options.address.host), token_from(options.token), options.use};
  if (!rules.loopback && rules.token.empty()) rules.token = random_token();
  http.set_socket_options(set_socket_options);
  http.new_task_queue = [this] { return new BoundedThreads::Door(threads); };
  http.set_read_timeout(5s);
  http.set_write_timeout(5s);
  http.set_keep_alive_max_count(1000);
  http.set_payload_max_length(kMostBody);
  http.set_tcp_nodelay(true);
  http.set_default_headers(
      {{"Cache-Control", "no-store"},
       {"Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
       {"X-Frame-Options", "DENY"},
       {"Cross-Origin-Resource-Policy", "same-origin"},
       {"X-Content-Type-Options", "nosniff"},
       {"Referrer-Policy", "no-referrer"}});
  http.set_pre_routing_handler([this](const httplib::Request& q, httplib::Response& r) { return admit(q, r); });
  add_page();
  add_feeds();
  add_commands();
  bind();
  guard = std::make_unique<ConnectionGuard>(options.address.port, kPatience);
  listener = std::thread([this] {
    http.listen_after_bind();
    ended = true;
  });
  while (!http.is_running() && !ended) std::this_thread::sleep_for(1ms);  // stop() before that would do nothing
}

Dashboard::Server::~Server() { stop(); }

void Dashboard::Server::bind() {
  const std::string& host = options.address.host;
  int port = options.address.port;
  if (port == 0) {
    port = http.bind_to_any_port(host);
  } else if (!http.bind_to_port(host, port)) {
    port = -1;
  }
  if (port <= 0)
    throw Error("--http " + host + ":" + std::to_string(options.address.port) +
                ": can't listen there; is the port in use, the address this machine's?");
  options.address.port = port;
}

void Dashboard::Server::stop() {
  view.close();
  if (!listener.joinable()) return;
  http.stop();
  threads.stop();
  for (; !ended; std::this_thread::sleep_for(5ms)) guard->end_all();  // again, as one may just have been accepted
  listener.join();
}

AccessClaim Dashboard::Server::claim_of(const httplib::Request& request) const {
  constexpr std::string_view kBearer = "Bearer ";
  AccessClaim claim{.method = request.method,
                    .host = request.get_header_value("Host"),
                    .origin = request.get_header_value("Origin"),
                    .content_type = request.get_header_value("Content-Type"),
                    .token = request.get_param_value("token"),
                    .fetch_site = request.get_header_value("Sec-Fetch-Site"),
                    .fetch_mode = request.get_header_value("Sec-Fetch-Mode")};
  if (claim.token.empty()) claim.token = cookie_value(request.get_header_value("Cookie"), cookie_name());
  const std::string authorization = request.get_header_value("Authorization");
  if (claim.token.empty() && authorization.starts_with(kBearer)) claim.token = authorization.substr(kBearer.size());
  return claim;
}

httplib::Server::HandlerResponse Dashboard::Server::admit(const httplib::Request& request, httplib::Response& response) {
  guard->request_from(request.remote_addr, request.remote_port);
  std::optional<Refusal> refusal = oddity_of(request);
  if (!refusal) refusal = refusal_of(rules, claim_of(request));
  if (!refusal) return httplib::Server::HandlerResponse::Unhandled;
  refuse(response, refusal->status, refusal->reason);
  return httplib::Server::HandlerResponse::Handled;
}

void Dashboard::Server::add_page() {
  for (const PagePart& part : page_parts()) {
    http.Get(std::string(part.path), [this, &part](const httplib::Request& request, httplib::Response& response) {
      if (request.has_param("token")) {  // into a cookie, so that it stands neither in the history nor in what scripts can read
        response.set_header("Set-Cookie", cookie_name() + "=" + rules.token + "; Path=/; HttpOnly; SameSite=Strict");
        response.set_redirect(std::string(part.path), 303);
        return;
      }
      response.set_content(part.text.data(), part.text.size(), std::string(part.type) + "; charset=utf-8");
    });
  }
}

void Dashboard::Server::add_feeds() {
  http.Get("/stream.mjpg", [this](const httplib::Request& request, httplib::Response& response) { stream(request, response); });
  http.Get("/frame.jpg", [this](const httplib::Request& request, httplib::Response& response) {
    const auto preview = view.wait_for_preview(number_from(request.get_param_value("after")), kLongestPoll);
    if (!preview) {
      response.status = 204;
      return;
    }
    response.set_header("X-Frame", std::to_string(preview->frame));
    response.set_content(reinterpret_cast<const char*>(preview->jpeg.data()), preview->jpeg.size(), "image/jpeg");
  });
  http.Get("/state.json", [this](const httplib::Request& request, httplib::Response& response) {
    const auto frame = view.wait_for_frame(number_from(request.get_param_value("after")), kLongestPoll);
    if (!frame) {
      response.status = 204;
      return;
    }
    const auto history = view.history(number_from(request.get_param_value("history")));
    response.set_content(state_json(*frame, history, state_parts_from(request.get_param_value("parts")), rules.use), "application/json");
  });
}

void Dashboard::Server::stream(const httplib::Request& request, httplib::Response& response) {
  response.set_content_provider(std::string("multipart/x-mixed-replace; boundary=") + kBoundary,
                                [this, address = request.remote_addr, port = request.remote_port, seen = std::optional<std::uint64_t>()](
                                    std::size_t, httplib::DataSink& sink) mutable {
                                  if (!send_next(sink, seen)) return false;
                                  guard->request_from(address, port);  // whoever takes what is sent may stay
                                  return true;
                                });
}

/// The newest picture, if it was not seen. False ends the stream: the camera ended, or the reader did not read; the guard ends one that
/// takes too long over a picture. Nothing is kept for the slow.
bool Dashboard::Server::send_next(httplib::DataSink& sink, std::optional<std::uint64_t>& seen) {
  const auto preview = view.wait_for_preview(seen, kLongestPoll);
  if (!preview) return !view.closed();
  seen = preview->frame;
  std::string part = std::string("--") + kBoundary +
                     "\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(preview->jpeg.size()) +
                     "\r\nX-Frame: " + std::to_string(preview->frame) + "\r\n\r\n";
  part.append(preview->jpeg.begin(), preview->jpeg.end());
  part += "\r\n";
  return sink.write(part.data(), part.size());
}

void Dashboard::Server::command(const httplib::Request& request, httplib::Response& response,
                                const std::function<void(const std::string&)>& act) const {
  try {
    act(request.body);
    response.status = 204;
  } catch (const Error& error) {
    refuse(response, 400, error.what());
  }
}

void Dashboard::Server::add_commands() {
  http.Post("/control", [this](const httplib::Request& request, httplib::Response& response) {
    command(request, response, [this](const std::string& json) { control.change([&](Request& r) { r = changed(r, json); }); });
  });
  http.Post("/capture", [this](const httplib::Request& request, httplib::Response& response) {
    command(request, response, [this](const std::string& json) { control.ask(capture_job_from(json)); });
  });
}

Dashboard::Dashboard(DashboardOptions options, LiveControl& control) : server_(std::make_unique<Server>(std::move(options), control)) {}

Dashboard::~Dashboard() = default;

std::string Dashboard::url() const {
  const HttpAddress& address = server_->options.address;
  const std::string host = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  const std::string& token = server_->rules.token;
  return "http://" + host + ":" + std::to_string(address.port) + "/" + (token.empty() ? "" : "?token=" + token);
}

std::string Dashboard::name() const {
  return "dashboard " + server_->options.address.host + ":" + std::to_string(server_->options.address.port);
}

bool Dashboard::wants_picture() const { return server_->view.wants_picture(); }

void Dashboard::take(const LiveFrame& frame) { server_->view.take(frame); }

void Dashboard::finish() { server_->stop(); }

std::uint64_t Dashboard::dropped() const { return server_->view.dropped(); }

}  // namespace argent
