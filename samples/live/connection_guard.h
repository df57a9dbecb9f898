// samples/live/connection_guard.h - ends connections to the dashboard that take too long.
//
// cpp-httplib has a time-out for each read and write, none for a whole request: a client that sends a byte a second would hold a thread
// for hours, and the program's end. Its sockets can't be asked for, but are found: they are those of this process whose own port is the
// server's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace argent {

class ConnectionGuard {
 public:
  /// `patience`: from the first sight of a connection, or its last request, to its end. Throws Error without /proc.
  ConnectionGuard(int port, std::chrono::milliseconds patience);
  ~ConnectionGuard();
  ConnectionGuard(const ConnectionGuard&) = delete;
  ConnectionGuard& operator=(const ConnectionGuard&) = delete;

  /// A whole request has come from this peer.
  void request_from(const std::string& address, int port);

  /// Cuts all connections, now.
  void end_all();

 private:
  using Clock = std::chrono::steady_clock;

  void watch();
  void look(Clock::time_point now);

  const int port_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::map<std::string, Clock::time_point> alive_;  ///< by "address port" of the peer: the last sign of life
  std::thread thread_;
};

}  // namespace argent
