#include "isp/mosaic_augmentation.h"

#include <gtest/gtest.h>

#include "models/tensor/ops.h"

namespace argent {
namespace {

using namespace tensor;

/// Each pixel says which of the four it is: 2 * (row odd) + (column odd), and more beside.
Tensor phases(std::int64_t rows, std::int64_t columns) {
  const Tensor row = arange(rows, DType::kF32).view({rows, 1}), column = arange(columns, DType::kF32).view({1, columns});
  return (remainder(row, 2) * 2 + remainder(column, 2)) / 4;
}

TEST(MosaicAugmentation, FlipsMirrorAtAPixel) {
  const Tensor x = arange(6, DType::kF32).view({1, 6});
  EXPECT_EQ(flip_mosaic(x, -1).values(), (std::vector<double>{4, 3, 2, 1, 0, 1}));
  for (const int axis : {-1, -2}) EXPECT_EQ(flip_mosaic(phases(6, 8), axis).values(), phases(6, 8).values());
  EXPECT_THROW(flip_mosaic(ones({4, 5}), -1), Error);
}

TEST(MosaicAugmentation, CropsStandOnEvenPlaces) {
  const Tensor x = phases(8, 8);
  EXPECT_EQ(crop_mosaic(x, 2, 4, 6, 4).values(), phases(6, 4).values());
  EXPECT_THROW(crop_mosaic(x, 1, 0, 4, 4), Error);
  EXPECT_THROW(crop_mosaic(x, 0, 0, 3, 4), Error);
  EXPECT_THROW(crop_mosaic(x, 6, 0, 4, 4), Error);
}

TEST(MosaicAugmentation, KeepsThePhaseWhateverItDraws) {
  std::set<std::vector<double>> seen;
  for (std::uint64_t key = 0; key < 40; key++) {
    Generator random(key);
    const Tensor place = arange(144, DType::kF32).view({12, 12}) / 1000;
    const std::vector<Tensor> out = augment_mosaics({phases(12, 12), place}, {.rows = 6, .columns = 8}, random);
    EXPECT_EQ(out[0].values(), phases(6, 8).values());
    seen.insert(out[1].values());
  }
  EXPECT_GT(seen.size(), 25U);  // of 4 x 3 places and 4 flips
}

TEST(MosaicAugmentation, ExposureIsOneForAllAndNoiseForTheFirst) {
  Generator random(3);
  const Tensor gray = full({64, 64}, 0.2);
  const std::vector<Tensor> out = augment_mosaics({gray, gray}, {.darkest = 0.5, .brightest = 2, .shot = 0.01, .read = 0.02}, random);
  const double level = out[1].select(0, 0).select(0, 0).item();
  EXPECT_GT(level, 0.1);
  EXPECT_LT(level, 0.4);
  EXPECT_EQ(out[1].values(), full({64, 64}, level).values());
  double squares = 0, mean = 0;
  for (double value : out[0].values()) mean += value / 4096, squares += (value - level) * (value - level) / 4096;
  EXPECT_NEAR(mean, level, 0.005);
  EXPECT_NEAR(squares, 0.01 * level + 0.0004, 0.0003);
}

TEST(MosaicAugmentation, SaturationStays) {
  Generator random(3);
  const std::vector<Tensor> out = augment_mosaics({full({4, 4}, 0.9)}, {.darkest = 3, .brightest = 3}, random);
  EXPECT_EQ(out[0].values(), ones({4, 4}).values());
}

}  // namespace
}  // namespace argent
