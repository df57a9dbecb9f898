// An executable of its own: it counts what is allocated.
#include "aaa/illuminants/learned.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <thread>

#include "aaa/controller.h"
#include "models/runtime/context.h"
#include "models/runtime/error.h"

namespace {

std::atomic<bool> counting = false;
std::atomic<int> allocations = 0;

[[maybe_unused]] void* allocated(std::size_t bytes, std::size_t alignment) {
  if (counting) allocations++;
  void* const memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which have operators of their own
#define ARGENT_COUNTS_ALLOCATIONS
void* operator new(std::size_t bytes) { return allocated(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return allocated(bytes, static_cast<std::size_t>(alignment)); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace argent {
namespace {

IlluminantPrior imx708(float lux = 0) {
  IlluminantPrior prior;
  prior.curve = {{2964, .7451f, .3213f}, {3610, .6119f, .4443f}, {4640, .5168f, .5419f}, {5910, .4436f, .6229f}, {7590, .3847f, .6921f}};
  prior.lux = lux;
  return prior;
}

/// Paints in blocks of four zones under a light; `seed` names the scene.
Statistics paints(Vec3 light, unsigned seed, int columns = 32, int rows = 24) {
  Statistics s;
  s.columns = columns;
  s.rows = rows;
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < columns; x++) {
      std::uint32_t state = seed + 977 * static_cast<unsigned>(y / 2 * 16 + x / 2);
      const auto unit = [&] {
        state = state * 1664525 + 1013904223;
        return static_cast<float>(state >> 8) / 16777216.0f;
      };
      unit();
      const float level = 0.1f + 0.5f * unit(), red = 0.7f + 0.5f * unit(), blue = 0.7f + 0.5f * unit();
      Statistics::Zone& zone = s.zone(x, y);
      zone.mean = zone.unclipped = {level * red * light[0], level * light[1], level * blue * light[2]};
      zone.count = zone.unclipped_count = {100, 200, 100};
    }
  }
  return s;
}

TEST(Learned, NothingIsAllocatedAfterTheFirstFrame) {
#ifndef ARGENT_COUNTS_ALLOCATIONS
  GTEST_SKIP() << "the sanitizer's allocator does not count";
#endif
  const IlluminantPrior prior = imx708(500);
  const Statistics first = paints({.5f, 1, .6f}, 1), second = paints({.6f, 1, .45f}, 2);
  for (const int threads : {1, 2}) {
    Context context(threads);
    const ContextScope scope(context);
    for (const char* name : {"grey_pixel", "learned_colors", "learned_zones", "fused"}) {
      const auto estimator = make_illuminant_estimator(name);
      for (const Statistics* frame : {&first, &second}) estimator->estimate(*frame, prior);
      allocations = 0;
      counting = true;
      for (int i = 0; i < 5; i++) estimator->estimate(i % 2 == 0 ? first : second, prior);
      counting = false;
      EXPECT_EQ(allocations, 0) << name << " with " << threads << " threads";
    }
  }
}

TEST(Learned, TheBuiltInWeightsSayWhatTheySaid) {
  const Statistics scene = paints({.5168f, 1, .5419f}, 1);
  struct Golden {
    const char* estimator;
    float lux, u, v;
  };
  for (const auto& [estimator, lux, u, v] :
       {Golden{"learned_colors", 0, -.792455f, -.491621f}, Golden{"learned_zones", 0, -.812504f, -.477193f},
        Golden{"fused", 0, -.800621f, -.485302f}, Golden{"fused", 5000, -.811120f, -.478109f}}) {
    const Illuminant light = make_illuminant_estimator(estimator)->estimate(scene, imx708(lux));
    EXPECT_NEAR(light.mean[0], u, 2e-4f) << estimator << " at " << lux << " lux";
    EXPECT_NEAR(light.mean[1], v, 2e-4f) << estimator << " at " << lux << " lux";
  }
}

TEST(Learned, NothingToSeeIsNoAnswer) {
  Statistics black = paints({.5f, 1, .6f}, 1), clipped = black, one_color = black;
  for (Statistics::Zone& zone : black.zones) zone.unclipped = {1e-4f, 1e-4f, 1e-4f};
  for (Statistics::Zone& zone : clipped.zones) zone.unclipped_count = {};
  for (Statistics::Zone& zone : one_color.zones) zone.unclipped = {.2f, .4f, .25f};
  for (const char* name : {"learned_colors", "learned_zones", "fused"}) {
    const auto estimator = make_illuminant_estimator(name);
    EXPECT_EQ(estimator->estimate(black, imx708()).evidence, 0) << name;
    EXPECT_EQ(estimator->estimate(clipped, imx708()).evidence, 0) << name;
    EXPECT_LT(estimator->estimate(one_color, imx708()).evidence, .001f) << name;
  }
}

TEST(Learned, AnswersDoNotDependOnTheFrameBefore) {
  const auto used = make_illuminant_estimator("fused");
  used->estimate(paints({.7f, 1, .3f}, 3, 16, 12), imx708());
  used->estimate(Statistics{}, imx708(10));
  const Statistics frame = paints({.5f, 1, .6f}, 1);
  EXPECT_EQ(used->estimate(frame, imx708(500)), make_illuminant_estimator("fused")->estimate(frame, imx708(500)));
}

TEST(Learned, ManyThreadsMakeTheirOwn) {
  const Statistics frame = paints({.5f, 1, .6f}, 1);
  const Illuminant expected = make_illuminant_estimator("fused")->estimate(frame, imx708());
  std::vector<std::thread> threads;
  std::atomic<int> same = 0;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; i++) same += make_illuminant_estimator("fused")->estimate(frame, imx708()) == expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(same, 20);
}

TEST(Learned, APosteriorAddsUpToOneAndHoldsTheAnswer) {
  const IlluminantPrior prior = imx708();
  for (const char* name : {"bayes", "learned_colors", "learned_zones", "fused"}) {
    const Illuminant light = make_illuminant_estimator(name)->estimate(paints({.5f, 1, .6f}, 1), prior);
    const CurvePosterior& posterior = light.posterior;
    ASSERT_GT(posterior.size, 10) << name;
    float sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(posterior.size); i++) {
      sum += posterior.probability[i];
      EXPECT_TRUE(i == 0 || posterior.mired[i] > posterior.mired[i - 1]) << name;
    }
    EXPECT_NEAR(sum, 1, 1e-4f) << name;
    EXPECT_GE(posterior.mired[0], 1e6f / 7590 - .1f) << name;
    EXPECT_LE(posterior.mired[static_cast<std::size_t>(posterior.size - 1)], 1e6f / 2964 + .1f) << name;
  }
  EXPECT_EQ(make_illuminant_estimator("grey_world")->estimate(paints({.5f, 1, .6f}, 1), prior).posterior.size, 0);
}

TEST(Learned, EachParameterOfTheFusionChangesSomething) {
  const IlluminantPrior prior = imx708(500);
  const Statistics frame = paints({.5f, 1, .6f}, 1);
  const auto answer = [&](const char* name, const LightFusionParams& fusion) {
    return make_illuminant_estimator(name, nullptr, fusion)->estimate(frame, prior);
  };
  const auto changes = [&](const char* name, float LightFusionParams::*member) {
    LightFusionParams fusion;
    fusion.*member *= 3;
    return !(answer(name, fusion) == answer(name, {}));
  };
  using F = LightFusionParams;
  for (auto member : {&F::surfaces, &F::lights, &F::prior, &F::colors, &F::zones, &F::grey, &F::gate_reach, &F::doubt, &F::grey_sigma})
    EXPECT_TRUE(changes("fused", member));
  for (auto member : {&F::surfaces, &F::lights}) EXPECT_TRUE(changes("bayes", member));
  EXPECT_FALSE(changes("bayes", &F::zones));
  EXPECT_FALSE(changes("learned_zones", &F::zones));
  ControllerParams params;
  params.white_balance.fusion.zones = 5;
  EXPECT_THROW(Controller{params}, Error);
}

}  // namespace
}  // namespace argent
