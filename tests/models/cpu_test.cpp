#include "models/runtime/cpu.h"

#include <gtest/gtest.h>

#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(Cpu, NamesRoundTripUpToTheBest) {
  EXPECT_EQ(cpu_target(""), best_cpu_target());
  for (CpuTarget target : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (target <= best_cpu_target()) {
      EXPECT_EQ(cpu_target(name_of(target)), target);
    } else {
      EXPECT_THROW(cpu_target(name_of(target)), Error);
    }
  }
}

TEST(Cpu, AnUnknownNameListsTheKnownOnes) {
  try {
    cpu_target("sse9");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("baseline, avx2 or avx512"), std::string::npos);
  }
}

}  // namespace
}  // namespace argent
