#include "samples/live/connection_guard.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{500};
constexpr const char* kDescriptors = "/proc/self/fd";

struct Address {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }

  int port() const {
    if (storage.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
    if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
    return -1;
  }
};

std::string key_of(const std::string& address, int port) { return address + " " + std::to_string(port); }

/// As cpp-httplib names the peer.
std::string key_of(Address& peer) {
  char host[NI_MAXHOST] = {};
  if (::getnameinfo(peer.get(), peer.length, host, sizeof(host), nullptr, 0, NI_NUMERICHOST) != 0) return {};
  return key_of(host, peer.port());
}

/// A second name for a descriptor, so that what was looked at is what is shut down, whoever closes the first meanwhile.
class Descriptor {
 public:
  explicit Descriptor(int original) : number_(::fcntl(original, F_DUPFD_CLOEXEC, 0)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// Each connection of this process to its own `port`; the action says whether to end it.
void for_each_connection(int port, const std::function<bool(const std::string& peer)>& ends) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(kDescriptors, error)) {
    const Descriptor descriptor(std::atoi(entry.path().filename().c_str()));
    Address own, peer;
    if (descriptor.number() < 0 || ::getsockname(descriptor.number(), own.get(), &own.length) != 0 || own.port() != port) continue;
    if (::getpeername(descriptor.number(), peer.get(), &peer.length) != 0) continue;  // the one that listens
    if (ends(key_of(peer))) ::shutdown(descriptor.number(), SHUT_RDWR);
  }
}

}  // namespace

ConnectionGuard::ConnectionGuard(int port, std::chrono::milliseconds patience) : port_(port), patience_(patience) {
  if (!std::filesystem::is_directory(kDescriptors)) throw Error(std::string(kDescriptors) + ": is not there, and the dashboard needs it");
  thread_ = std::thread([this] { watch(); });
}

ConnectionGuard::~ConnectionGuard() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void ConnectionGuard::request_from(const std::string& address, int port) {
  const std::lock_guard lock(mutex_);
  alive_[key_of(address, port)] = Clock::now();
}

void ConnectionGuard::end_all() {
  for_each_connection(port_, [](const std::string&) { return true; });
}

void ConnectionGuard::watch() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kBetweenLooks, [&] { return stopping_; })) look(Clock::now());
}

void ConnectionGuard::look(Clock::time_point now) {
  std::map<std::string, Clock::time_point> still;
  for_each_connection(port_, [&](const std::string& peer) {
    const auto known = alive_.find(peer);
    const Clock::time_point last = known == alive_.end() ? now : known->second;
    still[peer] = last;
    return now - last > patience_;
  });
  alive_ = std::move(still);
}

}  // namespace argent
