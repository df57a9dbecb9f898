// argent-live - a camera program: `argent live` runs it.
#include <csignal>

#include <CLI/CLI.hpp>
#include <atomic>
#include <iostream>

#include "isp/error.h"
#include "samples/batch_console.h"
#include "samples/live/live_loop.h"

namespace {

using namespace argent;

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal's handler sets it

void on_signal(int) { stop = true; }

}  // namespace

int main() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  try {
    LiveControl control;
    LiveLoop loop([] { return open_camera({}); }, control, {.frames = 30, .message = [](const std::string& text) { print_message(text); }});
    loop.run(stop);
    return 0;
  } catch (const std::exception& error) {
    print_message(error.what());
  }
  return 1;
}
