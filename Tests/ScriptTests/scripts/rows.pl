#!/usr/bin/perl
# Style: Perl, rows taken apart with split, both sides held against each other.
use strict;
use warnings;
my $group = shift;
my %pair;
open(my $rows, '-|', "/usr/bin/pairdisplay -g $group -fcx 2>&1") or die "pairdisplay: $!";
while (<$rows>) {
    next if /^Group/;
    s/[(,)]/ /g;
    my @word = split;
    die "a row of " . scalar(@word) . " words: $_" if @word < 9;
    # Group PairVol L/R Port# TID LU Seq# LDEV# P/S Status Fence-or-% …
    my ($volume, $side) = @word[1, 2];
    my ($role) = grep { /^(P-VOL|S-VOL|SMPL)$/ } @word;
    my ($status) = grep { /^(COPY|PAIR|PSUS|SSUS|SSWS|PSUE|SMPL|RCPY|PDUB)$/ } @word;
    $pair{$volume}{$side} = [$role, $status];
}
close($rows);
print "pairdisplay: ", $? >> 8, "\n";
for my $volume (sort keys %pair) {
    print join(' ', $volume, map { "$_ " . join('/', map { $_ // '-' } @{ $pair{$volume}{$_} }) } sort keys %{ $pair{$volume} }), "\n";
}
