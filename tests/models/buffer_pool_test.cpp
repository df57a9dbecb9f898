#include "models/runtime/buffer_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kSizes[] = {0, 1, 63, 64, 255, 256, 257, 4096, 65'535, 65'536, 1'000'000, 5'000'000, 24'571'008};

TEST(BufferPool, BlocksAreAlignedAndLargeEnough) {
  BufferPool pool;
  for (std::size_t bytes : kSizes) {
    const std::shared_ptr<std::byte> block = pool.lease(bytes);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.get()) % 64, 0U) << bytes;
    std::memset(block.get(), 0xa5, bytes);  // the address sanitizer watches
    EXPECT_EQ(block.get()[bytes > 0 ? bytes - 1 : 0], bytes > 0 ? std::byte{0xa5} : block.get()[0]);
  }
}

TEST(BufferPool, EveryRequestUpToALargeOneIsHeld) {
  BufferPool pool;
  for (std::size_t bytes = 0; bytes < 20'000; bytes += 7) {
    void* block = pool.allocate(bytes);
    ASSERT_NE(block, nullptr);
    std::memset(block, 1, bytes);
    pool.release(block);
  }
}

TEST(BufferPool, BlocksInUseDoNotOverlap) {
  BufferPool pool;
  std::vector<std::shared_ptr<std::byte>> blocks;
  for (int i = 0; i < 100; i++) {
    blocks.push_back(pool.lease(1000));
    std::memset(blocks.back().get(), i, 1000);
  }
  for (int i = 0; i < 100; i++) {
    for (std::size_t k : {0, 500, 999}) EXPECT_EQ(static_cast<int>(blocks[static_cast<std::size_t>(i)].get()[k]), i);
  }
}

TEST(BufferPool, SecondRoundTakesNothingFromTheSystem) {
  BufferPool pool;
  const auto round = [&] {
    std::vector<std::shared_ptr<std::byte>> blocks;
    for (std::size_t bytes : kSizes) blocks.push_back(pool.lease(bytes));
  };
  EXPECT_EQ(pool.system_allocations(), 0U);
  round();
  const std::size_t first = pool.system_allocations();
  EXPECT_EQ(first, std::size(kSizes));
  for (int i = 0; i < 5; i++) round();
  EXPECT_EQ(pool.system_allocations(), first);
}

TEST(BufferPool, LastReturnedBlockComesFirst) {
  BufferPool pool;
  void* block = pool.allocate(100'000);
  pool.release(block);
  EXPECT_EQ(pool.allocate(100'000), block);
  pool.release(block);
  EXPECT_EQ(pool.allocate(80'000), block) << "a block a little larger serves too";
  pool.release(block);
  void* other = pool.allocate(30'000);
  EXPECT_NE(other, block) << "but not one of several times the size";
  pool.release(other);
}

TEST(BufferPool, WhatOneThreadReturnsServesTheOthers) {
  BufferPool pool;
  for (int i = 0; i < 20; i++) {
    void* block = pool.allocate(300'000);
    std::thread([&] { pool.release(block); }).join();
  }
  EXPECT_EQ(pool.system_allocations(), 1U);
  std::thread([&] { pool.release(pool.allocate(300'000)); }).join();
  pool.trim();
  pool.release(pool.allocate(300'000));
  EXPECT_EQ(pool.system_allocations(), 2U) << "trim() knows all threads' blocks";
}

TEST(BufferPool, TrimGivesBackWhatIsNotInUse) {
  BufferPool pool;
  const std::shared_ptr<std::byte> kept = pool.lease(10'000'000);
  pool.lease(20'000'000);
  std::memset(kept.get(), 7, 10'000'000);
  EXPECT_EQ(pool.system_allocations(), 2U);
  pool.trim();
  EXPECT_EQ(kept.get()[9'999'999], std::byte{7});
  pool.lease(20'000'000);
  EXPECT_EQ(pool.system_allocations(), 3U);
}

TEST(BufferPool, BlockOutlivesThePool) {
  std::optional<BufferPool> pool(std::in_place);
  std::shared_ptr<std::byte> block = pool->lease(3'000'000);
  pool.reset();
  std::memset(block.get(), 1, 3'000'000);
  EXPECT_EQ(block.get()[2'999'999], std::byte{1});
  block.reset();
}

TEST(BufferPool, ImpossibleSizesAreRefused) {
  BufferPool pool;
  constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max();
  for (std::size_t bytes : {kMax, kMax / 2, kMax / 4, kMax - 63}) {
    EXPECT_EQ(pool.allocate(bytes), nullptr) << bytes;
    EXPECT_THROW(pool.lease(bytes), Error) << bytes;
  }
  EXPECT_EQ(pool.system_allocations(), 0U);
  pool.release(nullptr);
}

TEST(BufferPool, ThreadsNeverShareABlock) {
  BufferPool pool;
  constexpr int kThreads = 8, kRounds = 2000;
  std::vector<int> mixed(kThreads, 0);
  std::vector<std::thread> threads;
  for (int id = 0; id < kThreads; id++) {
    threads.emplace_back([&, id] {
      for (int i = 0; i < kRounds; i++) {
        const std::size_t bytes = 64 + static_cast<std::size_t>(i % 50) * 100;
        auto* block = static_cast<unsigned char*>(pool.allocate(bytes));
        std::memset(block, id, bytes);
        for (std::size_t k = 0; k < bytes; k++) mixed[static_cast<std::size_t>(id)] += block[k] != id;
        pool.release(block);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mixed, std::vector<int>(kThreads, 0));
  EXPECT_LE(pool.system_allocations(), 50U * kThreads);
}

}  // namespace
}  // namespace argent
