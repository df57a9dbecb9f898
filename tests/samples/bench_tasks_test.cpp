#include "samples/bench_tasks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(BenchTasks, SizesAreEvenAndAboutAsLargeAsAskedFor) {
  EXPECT_EQ(bench_size(12), (Size{4000, 3000}));
  for (const double megapixels : {1e-6, 0.1, 2.0, 61.0, 100.0}) {
    const Size size = bench_size(megapixels);
    EXPECT_EQ(size.width % 2 + size.height % 2, 0);
    if (megapixels >= 0.1) {
      EXPECT_NEAR(1e-6 * size.width * size.height, megapixels, 0.01 * megapixels);
    }
  }
  for (const double megapixels : {0.0, -1.0, 2001.0}) EXPECT_THROW(bench_size(megapixels), Error) << megapixels;
}

TEST(BenchTasks, FramesAreNeitherBlackNorClippedAndRepeatThemselves) {
  const RawFrame frame = bench_frame(CfaPattern::kRggb, {1300, 600});
  const auto code = [&](int x, int y) { return frame.data[y * frame.stride + x]; };
  for (int y = 0; y < 600; y++) {
    for (int x = 0; x < 1300; x++) {
      ASSERT_GT(code(x, y), 64);
      ASSERT_LT(code(x, y), 1023);
      ASSERT_EQ(code(x, y), code(x % 512, y % 512));
    }
  }
}

TEST(BenchTasks, EachRunsOnEveryTargetAndOnFramesOfAnySize) {
  for (const CpuTarget cpu : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (cpu > best_cpu_target()) continue;
    for (const Size size : {Size{2, 2}, Size{62, 46}, Size{640, 480}}) {
      std::set<std::string> names;
      for (const BenchTask& task : bench_tasks(size, 2, cpu)) {
        SCOPED_TRACE(task.name);
        names.insert(task.name);
        EXPECT_NO_THROW(task.work());
        EXPECT_NO_THROW(task.work());
        EXPECT_GE(task.traffic, task.picture + 1.25 * size.width * size.height);
      }
      EXPECT_EQ(names.size(), 9u);
    }
  }
}

}  // namespace
}  // namespace argent
