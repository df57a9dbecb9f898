#include "samples/batch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <thread>

#include "models/runtime/error.h"

namespace argent {
namespace {

std::vector<std::filesystem::path> some_files(std::size_t count) {
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < count; ++i) files.push_back("f" + std::to_string(i));
  return files;
}

Outcome name_as_output(const std::filesystem::path& file, std::size_t) { return {file.string(), {}, {}, {}}; }

class BatchTest : public ::testing::TestWithParam<int> {};

TEST_P(BatchTest, ResultsComeInTheOrderOfTheFiles) {
  const auto files = some_files(200);
  std::vector<std::string> outputs;
  std::size_t last_finished = 0;
  run_batch(files, GetParam(), name_as_output,
            {[&](std::size_t finished, std::size_t failed) {
               EXPECT_EQ(finished, last_finished + 1);
               EXPECT_EQ(failed, 0u);
               last_finished = finished;
             },
             [&](std::size_t index, const Outcome& outcome) {
               EXPECT_EQ(index, outputs.size());
               outputs.push_back(outcome.output);
             }});
  ASSERT_EQ(outputs.size(), 200u);
  for (std::size_t i = 0; i < outputs.size(); ++i) EXPECT_EQ(outputs[i], files[i].string());
  EXPECT_EQ(last_finished, 200u);
}

TEST_P(BatchTest, AFailureIsItsOwnAndNamesItsFile) {
  const auto files = some_files(4);
  std::vector<std::string> errors;
  std::size_t failures = 0;
  run_batch(files, GetParam(),
            [](const std::filesystem::path& file, std::size_t index) -> Outcome {
              if (index == 0) throw Error(file.string() + ": broken");
              if (index == 1) throw std::bad_alloc();
              if (index == 2) throw std::runtime_error("deep down");
              return {"fine", {}, {}, {}};
            },
            {[&](std::size_t, std::size_t failed) { failures = failed; },
             [&](std::size_t, const Outcome& outcome) { errors.push_back(outcome.error); }});
  EXPECT_EQ(errors, (std::vector<std::string>{"f0: broken", "f1: not enough memory", "f2: deep down", ""}));
  EXPECT_EQ(failures, 3u);
}

TEST_P(BatchTest, NeverMoreFilesAtOnceThanWorkers) {
  std::atomic<int> now{0}, most{0};
  run_batch(some_files(64), GetParam(),
            [&](const std::filesystem::path&, std::size_t) -> Outcome {
              const int here = ++now;
              for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) {
              }
              std::this_thread::yield();
              --now;
              return {};
            },
            {});
  EXPECT_LE(most, GetParam());
  EXPECT_GE(most, 1);
}

TEST_P(BatchTest, NoFilesIsNothingToDo) {
  bool called = false;
  run_batch({}, GetParam(), name_as_output, {[&](std::size_t, std::size_t) { called = true; }, nullptr});
  EXPECT_FALSE(called);
}

TEST_P(BatchTest, AnEventThatThrowsEndsTheBatch) {
  EXPECT_THROW(
      run_batch(some_files(50), GetParam(), name_as_output, {nullptr, [](std::size_t, const Outcome&) { throw Error("stdout is gone"); }}),
      Error);
}

INSTANTIATE_TEST_SUITE_P(Workers, BatchTest, ::testing::Values(1, 2, 5));

TEST(Batch, TwoFilesAreReallyInWorkAtOnce) {
  // Each file waits for the other: with one worker this would never end.
  std::mutex mutex;
  std::condition_variable met;
  int inside = 0;
  run_batch(some_files(2), 2,
            [&](const std::filesystem::path&, std::size_t) -> Outcome {
              std::unique_lock lock(mutex);
              ++inside;
              met.notify_all();
              met.wait(lock, [&] { return inside == 2; });
              return {};
            },
            {});
  EXPECT_EQ(inside, 2);
}

TEST(Batch, AWorkerIsUsedAgainForTheNextFile) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  run_batch(some_files(500), 2,
            [&](const std::filesystem::path&, std::size_t) -> Outcome {
              const std::lock_guard lock(mutex);
              threads.insert(std::this_thread::get_id());
              return {};
            },
            {});
  EXPECT_LE(threads.size(), 2u);
}

TEST(ShareThreads, OneFileHasAllThreads) {
  EXPECT_EQ(share_threads(8, 1).workers, 1);
  EXPECT_EQ(share_threads(8, 1).kernel_threads, 8);
  EXPECT_EQ(share_threads(0, 1).kernel_threads, 0);
}

TEST(ShareThreads, ManyFilesHaveAWorkerPerThread) {
  EXPECT_EQ(share_threads(8, 100).workers, 8);
  EXPECT_EQ(share_threads(8, 100).kernel_threads, 1);
  EXPECT_EQ(share_threads(1, 100).workers, 1);
  EXPECT_EQ(share_threads(1, 100).kernel_threads, 1);
}

TEST(ShareThreads, FewFilesShareTheThreads) {
  EXPECT_EQ(share_threads(8, 3).workers, 3);
  EXPECT_EQ(share_threads(8, 3).kernel_threads, 2);
}

}  // namespace
}  // namespace argent
