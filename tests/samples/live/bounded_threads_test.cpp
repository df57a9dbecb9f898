#include "samples/live/bounded_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace argent {
namespace {

TEST(BoundedThreads, NeverRunsMoreThanSoMany) {
  std::atomic<int> running{0}, most{0}, done{0};
  {
    BoundedThreads threads(3);
    for (int i = 0; i < 200; i++) {
      threads.enqueue([&] {
        const int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
        std::this_thread::yield();
        running--;
        done++;
      });
    }
  }
  EXPECT_EQ(done, 200);
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

TEST(BoundedThreads, WaitsForAThreadUntilItIsStopped) {
  BoundedThreads threads(1);
  std::latch started(1), go(1);
  std::atomic<bool> entered{false}, second{false};
  threads.enqueue([&] {
    started.count_down();
    go.wait();
  });
  started.wait();
  std::thread server([&] {
    threads.enqueue([&] { second = true; });
    entered = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(entered) << "there is one thread, and it is busy";
  threads.stop();
  server.join();
  EXPECT_FALSE(second);
  go.count_down();
  threads.shutdown();
  EXPECT_TRUE(second) << "the job is what closes the connection";
}

}  // namespace
}  // namespace argent
