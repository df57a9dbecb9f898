// Other people's results (data/demosaic/lighthouse): two demosaics that are fully published, with our sites and borders, give them bit by
// bit. It is the harness of the twins that is tested here: what mosaic.h calls red, and what lies beyond a border.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "isp/io/exr_file.h"
#include "tests/reference/malvar.h"
#include "tests/reference/quality.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class KnownDemosaic : public testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("ARGENT_DATA");
    folder_ = (data ? fs::path(data) : fs::path(ARGENT_SOURCE_DIR) / "../shared/data") / "demosaic/lighthouse";
    if (!fs::exists(folder_)) GTEST_SKIP() << folder_ << " is absent";
    frame_ = reference::mosaic_of(load_exr(folder_ / "Lighthouse.exr"), CfaPattern::kRggb, {1, 1, 1});
  }

  double value(int x, int y) const { return reference::light(frame_, x, y, site(x, y)); }
  int site(int x, int y) const { return reference::site_of(frame_.sensor, x, y); }

  /// Largest difference from a result, `margin` pixels inside. Theirs repeats the pixel at the border, which moves every color off its
  /// site there; ours does not.
  template <class Demosaic>
  double largest_difference(const char* result, int margin, const Demosaic& demosaic) const {
    const Image known = load_exr(folder_ / result);
    EXPECT_EQ(known.size(), frame_.size());
    double most = 0;
    for (int y = margin; y < known.height() - margin; y++) {
      for (int x = margin; x < known.width() - margin; x++) {
        const auto rgb = demosaic(x, y);
        for (int c = 0; c < 3; c++)
          most = std::max(most, std::abs(rgb[static_cast<std::size_t>(c)] - double(known.row<float>(y)[3 * x + c])));
      }
    }
    return most;
  }

  static constexpr double kTolerance = 2.0 / 65535;  // the mosaic has 16 bits

 private:
  fs::path folder_;
  RawFrame frame_;
};

TEST_F(KnownDemosaic, Bilinear) {
  const auto demosaic = [&](int x, int y) {
    return reference::bilinear([&](int px, int py) { return value(px, py); },
                               [&](int px, int py) { return reference::channel_of(site(px, py)); }, {2, 2, 2}, x, y);
  };
  EXPECT_LT(largest_difference("Lighthouse_Bilinear_RGGB.exr", 1, demosaic), kTolerance);
}

TEST_F(KnownDemosaic, Malvar2004) {
  const auto demosaic = [&](int x, int y) {
    return reference::malvar([&](int px, int py) { return value(px, py); }, [&](int px, int py) { return site(px, py); }, x, y);
  };
  EXPECT_LT(largest_difference("Lighthouse_Malvar2004_RGGB.exr", 2, demosaic), kTolerance);
}

}  // namespace
}  // namespace argent
