// Memory of plant and controllers over many updates: 10,000 here; the slow test runs a million (ARGENT_SOAK_UPDATES).
#include <gtest/gtest.h>
#include <malloc.h>

#include <cmath>
#include <cstdlib>

#include "aaa/controller.h"
#include "calibration/contest/contest.h"
#include "camera/simulation/zone_plant.h"

#ifdef __has_feature  // clang's way to say it
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define ARGENT_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(ARGENT_SANITIZED)
constexpr bool kOwnAllocator = true;
#else
constexpr bool kOwnAllocator = false;
#endif

namespace argent {
namespace {

long updates_wanted() {
  const char* text = std::getenv("ARGENT_SOAK_UPDATES");
  return text != nullptr ? std::atol(text) : 10'000;
}

std::size_t bytes_in_use() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Light that never comes to rest, mains flicker, a moving subject, lost and damaged frames.
Scenario restless_scenario() {
  Scenario out;
  out.scene.motion = 0.2f;
  out.scene.highlight = 0.02f;
  out.light.flicker_hz = 100;
  out.light.flicker_depth = 0.2f;
  out.light.second_cct = 2900;
  out.sensor.drop_rate = 0.02f;
  out.sensor.corrupt_rate = 0.005f;
  for (int i = 1; i < 400; i++) {
    out.light.events.push_back(
        {.time = float(2 * i), .ramp = float(i % 3), .lux = i % 2 == 0 ? 500.0f : 30.0f, .cct = 3000.0f + 25 * (i % 100)});
  }
  return out;
}

Request request_at(long update) {
  Request out;
  out.af_mode = update % 1000 < 500 ? AfMode::kAuto : AfMode::kContinuous;
  if (update % 250 == 0) out.af_trigger = AfTrigger::kStart;
  out.mixed_light = update % 2000 < 20;
  if (update % 700 < 100) out.ae_windows = {{0.1f, 0.1f, 0.5f, 0.5f, 1}};
  return out;
}

TEST(Soak, PlantAndControllersHoldNoMoreMemoryAtTheEnd) {
  if (kOwnAllocator) GTEST_SKIP() << "the sanitizer's allocator does not count";
  const long updates = updates_wanted(), warm = updates / 10;
  ASSERT_GE(updates, 10'000);
  ZonePlant plant(restless_scenario());
  ControllerParams params = facts_of(restless_scenario(), {});
  params.white_balance.opinions = true;
  Controller controller(params);
  std::size_t before = 0;
  for (long i = 0; i < updates; i++) {
    if (i == warm) before = bytes_in_use();
    const Decision decision = controller.update(plant.next(), request_at(i));
    plant.apply(decision.controls.sensor);
    plant.set_colour_gains(decision.controls.colour_gains);
    ASSERT_TRUE(std::isfinite(decision.controls.sensor.exposure.count())) << "update " << i;
  }
  ASSERT_GT(before, 0u) << "this allocator counts nothing";
  // What differs between two moments of a healthy loop: scans under way, queued decisions.
  EXPECT_LE(bytes_in_use(), before + 64 * 1024);
}

}  // namespace
}  // namespace argent
