#include "mutator.hpp"

#include <algorithm>
#include <array>

namespace gilscale::fuzz {
namespace {

/// Where counting, rounding and conversion go wrong.
constexpr std::array<std::string_view, 20> numbers{"0",
                                                   "-0",
                                                   "-1",
                                                   "1",
                                                   "1.5",
                                                   "00",
                                                   "+1",
                                                   "1e3",
                                                   "1e308",
                                                   "1e999",
                                                   "-1e999",
                                                   "5e-324",
                                                   "nan",
                                                   "inf",
                                                   "2147483648",
                                                   "4294967296",
                                                   "0xffffffff",
                                                   "-2147483649",
                                                   "9223372036854775807",
                                                   "99999999999999999999"};

}  // namespace

Mutator::Mutator(const Target& target, std::uint64_t seed)
    : random_(seed),
      seeds_(target.seeds.begin(), target.seeds.end()),
      first_(seeds_.size()),
      words_(target.words) {}

std::string Mutator::next() {
  using Change = void (Mutator::*)(std::string&);
  constexpr std::array<Change, 10> changes{
      &Mutator::change_byte,   &Mutator::flip_bit,   &Mutator::insert_byte, &Mutator::insert_word,
      &Mutator::insert_number, &Mutator::erase,      &Mutator::truncate,    &Mutator::splice,
      &Mutator::repeat,        &Mutator::swap_halves};
  // Half of them from the first seeds, or what is accepted by chance would drown what has a form.
  std::string text = seeds_[below(below(2) == 0 ? first_ : seeds_.size())];
  for (std::size_t left = 1 + below(6); left > 0; --left)
    (this->*changes[below(changes.size())])(text);
  text.resize(std::min(text.size(), longest));
  return text;
}

void Mutator::keep(const std::string& input) {
  constexpr std::size_t short_enough = 4096;  // long ones make every later one slow
  if (input.size() > short_enough) return;
  if (seeds_.size() < most_seeds)
    seeds_.push_back(input);
  else
    seeds_[first_ + below(most_seeds - first_)] = input;
}

std::size_t Mutator::below(std::size_t end) {
  return end == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
}

char Mutator::byte() { return static_cast<char>(below(256)); }

void Mutator::insert(std::string& text, std::string_view what) {
  text.insert(below(text.size() + 1), what);
}

void Mutator::change_byte(std::string& text) {
  if (!text.empty()) text[below(text.size())] = byte();
}

void Mutator::flip_bit(std::string& text) {
  if (text.empty()) return;
  char& c = text[below(text.size())];
  c = static_cast<char>(static_cast<unsigned char>(c) ^ (1U << below(8)));
}

void Mutator::insert_byte(std::string& text) { insert(text, std::string(1, byte())); }

void Mutator::insert_word(std::string& text) {
  if (!words_.empty()) insert(text, words_[below(words_.size())]);
}

void Mutator::insert_number(std::string& text) { insert(text, numbers[below(numbers.size())]); }

void Mutator::erase(std::string& text) {
  const std::size_t at = below(text.size());
  text.erase(at, 1 + below(text.size() - at));
}

void Mutator::truncate(std::string& text) { text.resize(below(text.size() + 1)); }

void Mutator::splice(std::string& text) {
  const std::string& other = seeds_[below(seeds_.size())];
  const std::size_t at = below(other.size());
  insert(text, std::string_view(other).substr(at, 1 + below(other.size())));
}

/// A part of the text many times over, and now and then nothing else: nesting, and much of a thing.
void Mutator::repeat(std::string& text) {
  const std::size_t at = below(text.size());
  const std::string part = text.substr(at, 1 + below(below(2) == 0 ? 4 : text.size()));
  std::string many;
  for (std::size_t left = std::size_t{1} << below(17); left > 0 && many.size() < longest; --left)
    many += part;
  text.insert(at, many);
}

void Mutator::swap_halves(std::string& text) {
  std::rotate(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(below(text.size())),
              text.end());
}

}  // namespace gilscale::fuzz
