#include "samples/live/yuv.h"

#include <algorithm>

namespace argent {
namespace {

// BT.709-6: Y' = 0.2126 R' + 0.7152 G' + 0.0722 B', Cb = (B' - Y') / 1.8556, Cr = (R' - Y') / 1.5748; times 219 and 224 over 255, in
// 1/65536.
constexpr int kBits = 16, kHalf = 1 << (kBits - 1);
constexpr int kYr = 11966, kYg = 40254, kYb = 4064;
constexpr int kBr = -6596, kBg = -22189, kBb = 28785;
constexpr int kRr = 28785, kRg = -26145, kRb = -2640;
constexpr int kBlack = 16, kNeutral = 128;

std::uint8_t luma(int r, int g, int b) { return static_cast<std::uint8_t>(kBlack + ((kYr * r + kYg * g + kYb * b + kHalf) >> kBits)); }

/// Of the sums of 1 << doublings pixels.
std::uint8_t difference(int weighted, int doublings) {
  return static_cast<std::uint8_t>(kNeutral + ((weighted + (kHalf << doublings)) >> (kBits + doublings)));
}

struct Sum {
  int r = 0, g = 0, b = 0;
  void add(const std::uint8_t* pixel) {
    r += pixel[0];
    g += pixel[1];
    b += pixel[2];
  }
  std::uint8_t blue(int doublings) const { return difference(kBr * r + kBg * g + kBb * b, doublings); }
  std::uint8_t red(int doublings) const { return difference(kRr * r + kRg * g + kRb * b, doublings); }
};

}  // namespace

void to_yuv420(const Image& image, std::vector<std::uint8_t>& out) {
  const int width = image.width(), height = image.height(), across = (width + 1) / 2, down = (height + 1) / 2;
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  const auto quads = static_cast<std::size_t>(across) * static_cast<std::size_t>(down);
  out.resize(pixels + 2 * quads);
  std::uint8_t *y_out = out.data(), *blue = out.data() + pixels, *red = blue + quads;
  for (int y = 0; y < height; y++) {
    const std::uint8_t* pixel = image.row<std::uint8_t>(y);
    for (int x = 0; x < width; x++, pixel += 3) *y_out++ = luma(pixel[0], pixel[1], pixel[2]);
  }
  for (int j = 0; j < down; j++) {
    const std::uint8_t* top = image.row<std::uint8_t>(2 * j);
    const std::uint8_t* bottom = image.row<std::uint8_t>(std::min(2 * j + 1, height - 1));
    for (int i = 0; i < across; i++) {
      const int left = 6 * i, right = 3 * std::min(2 * i + 1, width - 1);
      Sum sum;
      for (const std::uint8_t* pixel : {top + left, top + right, bottom + left, bottom + right}) sum.add(pixel);
      *blue++ = sum.blue(2);
      *red++ = sum.red(2);
    }
  }
}

void to_yuyv(const Image& image, std::vector<std::uint8_t>& out) {
  const int pairs = image.width() / 2;
  out.resize(4 * static_cast<std::size_t>(pairs) * static_cast<std::size_t>(image.height()));
  std::uint8_t* next = out.data();
  for (int y = 0; y < image.height(); y++) {
    const std::uint8_t* pixel = image.row<std::uint8_t>(y);
    for (int i = 0; i < pairs; i++, pixel += 6) {
      Sum sum;
      sum.add(pixel);
      sum.add(pixel + 3);
      *next++ = luma(pixel[0], pixel[1], pixel[2]);
      *next++ = sum.blue(1);
      *next++ = luma(pixel[3], pixel[4], pixel[5]);
      *next++ = sum.red(1);
    }
  }
}

}  // namespace argent
