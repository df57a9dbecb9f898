#include "camera/lens_map.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(LensMap, CodesComeBack) {
  const LensMap rising({{0, 445}, {15, 925}}), falling({{0, 900}, {5, 500}, {10, 300}});  // the first is imx708's
  for (const LensMap* map : {&rising, &falling}) {
    for (int code = 200; code <= 1000; code++) EXPECT_EQ(map->code(map->dioptres(code)), code);
  }
  EXPECT_EQ(rising.code(7.5f), 685);
  EXPECT_EQ(falling.code(7.5f), 400);
  EXPECT_FLOAT_EQ(falling.dioptres(500), 5);
}

TEST(LensMap, RefusesWhatIsNoLine) {
  EXPECT_THROW(LensMap({{0, 1}}), Error);
  EXPECT_THROW(LensMap({{0, 1}, {0, 2}}), Error);
  EXPECT_THROW(LensMap({{0, 1}, {1, 2}, {2, 1}}), Error);
  EXPECT_THROW(LensMap({{0, 1}, {1, 1}}), Error);
}

}  // namespace
}  // namespace argent
