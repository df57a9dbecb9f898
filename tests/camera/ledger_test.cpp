#include "camera/ledger.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

SensorSettings settings(double exposure, float gain, float lens = 1) { return {Microseconds(exposure), gain, lens}; }

TEST(Ledger, TheQuickerControlWaits) {
  Ledger ledger({2, 1, 1}, settings(1000, 1));
  EXPECT_EQ(ledger.ask(5, settings(2000, 4, 3)), 1u);
  EXPECT_EQ(ledger.at(6).decision, 0u);
  EXPECT_EQ(ledger.at(7).decision, 1u);
  EXPECT_EQ(ledger.writes(5).exposure, Microseconds(2000));
  EXPECT_FALSE(ledger.writes(5).analogue_gain);
  EXPECT_EQ(ledger.writes(6).analogue_gain, 4);
  EXPECT_FALSE(ledger.writes(6).exposure);
  EXPECT_EQ(ledger.writes(5).lens_position, 3);
  EXPECT_EQ(ledger.settings_at(5).lens_position, 1);
  EXPECT_EQ(ledger.settings_at(6).lens_position, 3);
  EXPECT_EQ(ledger.settings_at(6).exposure, Microseconds(1000));
}

TEST(Ledger, TheLaterOfTwoDecisionsForAFrameCounts) {
  Ledger ledger({2, 2, 1}, settings(1000, 1));
  ledger.ask(5, settings(2000, 1));
  ledger.ask(5, settings(3000, 1));
  EXPECT_EQ(ledger.at(7).decision, 2u);
  EXPECT_EQ(ledger.settings_at(7).exposure, Microseconds(3000));
}

TEST(Ledger, KnowsEachFrameAfterDrops) {
  Ledger ledger({2, 2, 1}, settings(1000, 1));
  for (std::uint64_t frame : {0u, 1u, 4u, 5u, 9u}) {
    ledger.arrived(frame, frame + 1);
    ledger.ask(frame + 1, settings(1000.0 * double(frame + 2), 1));
  }
  EXPECT_EQ(ledger.at(10).decision, 4u);  // decided on frame 5, landed on 8
  EXPECT_EQ(ledger.at(12).decision, 5u);
  EXPECT_EQ(ledger.settings_at(11).exposure, Microseconds(7000));
}

TEST(Ledger, ABracketIsDeliveredExactly) {
  Ledger ledger({2, 2, 1}, settings(1000, 1));
  const std::vector<SensorSettings> steps{settings(500, 1), settings(1000, 1), settings(2000, 1)};
  ledger.arrived(0, 1);
  ledger.ask_bracket(1, steps);
  ledger.ask(1, settings(7777, 1));
  std::vector<double> seen;
  for (std::uint64_t frame = 1; frame < 12; frame++) {
    if (frame == 4 || frame == 3) continue;  // lost: the first two steps
    ledger.arrived(frame, frame + 1);
    if (ledger.at(frame).bracket_step >= 0) seen.push_back(ledger.settings_at(frame).exposure.count());
  }
  EXPECT_EQ(seen, (std::vector<double>{2000, 500, 1000}));
  EXPECT_EQ(ledger.settings_at(11).exposure, Microseconds(7777));
}

}  // namespace
}  // namespace argent
